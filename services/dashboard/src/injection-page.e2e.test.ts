import type { Pool } from '@ebb/postgres';
import { describedEndpoints, OUTLET } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAGE_PATHS } from './http/pages.ts';
import { markupAttempts } from './testing/attempts/attempts.ts';
import { type Canary, startCanary } from './testing/canary.ts';
import { HOSTILE, publishHostile } from './testing/hostile-marts.ts';
import { answered } from './testing/live-page.ts';
import { BUILD_MS } from './testing/published-marts.ts';
import { ReportApp } from './testing/report-app.ts';

/** Markup and scripts that come with the address or with the data are shown as text, in a browser. */

/** What pages keep in the address beside what the API takes. */
const OF_PAGES = ['view', 'page', 'range', 'min', 'files', 'days', 'customer'];
const ROUNDS = 3;
/** For what an attempt does once it is drawn. */
const SETTLE_MS = 300;

const app = new ReportApp();
let canary: Canary;
let names: string[];
let dialogs: string[];

beforeAll(async () => {
  const close = await app.open({ postgres: seedHostile });
  canary = await startCanary();
  const endpoints = await describedEndpoints(app.url);
  const taken = endpoints.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  names = [...new Set([...taken, ...OF_PAGES])];
  return async () => {
    await close();
    await canary.close();
  };
}, BUILD_MS);

beforeEach(async () => {
  await app.newPage();
  dialogs = [];
  app.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});

/** Refused requests are among what the browser complains about here. */
afterEach(() => app.page.close());

/** A refused message and a file whose names are hostile. */
async function seedHostile(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO stream.dead_letters (id, service, kind, topic, partition, "offset", code, message, failed_at, payload,
       payload_bytes, truncated)
     VALUES (gen_random_uuid(), $1, 'website', 'website_events', 0, 99, 'INVALID_JSON', $1, now(), 'x', 1, false)`,
    [HOSTILE],
  );
  await pool.query(
    `INSERT INTO ops.files (source, key, dataset, name, bytes, version, status, rows, rejected, rules, message)
     VALUES ('store:ebb', $1, $1, $1, 10, '1', 'quarantined', 0, 0, ARRAY[$1], $1)`,
    [HOSTILE],
  );
}

interface Harm {
  /** A script of the attempt ran. */
  hasRun: boolean;
  /** Elements that the attempt made. */
  drawn: number;
  dialogs: string[];
  /** What the attempt fetched. */
  fetched: string[];
}

const UNHARMED: Harm = { hasRun: false, drawn: 0, dialogs: [], fetched: [] };

async function harm(): Promise<Harm> {
  const seen = `({ hasRun: window.ebbPwned !== undefined, drawn: document.querySelectorAll('[data-ebb-injected]').length })`;
  const { hasRun, drawn } = await app.page.evaluate<Pick<Harm, 'hasRun' | 'drawn'>>(seen);
  return { hasRun, drawn, dialogs, fetched: canary.heard };
}

async function show(target: string): Promise<void> {
  await app.page.goto(app.url + target);
  await app.page.waitForFunction(`document.querySelector('#main')?.innerText.length > 20`);
  await app.page.waitForLoadState('load');
  await app.page.waitForTimeout(SETTLE_MS);
}

test('the traps are set: markup put into a page is seen, and the content policy lets no script of it run', async () => {
  await show('/');
  const markup = `<img data-ebb-injected src=x onerror="window.ebbPwned=1"><script>window.ebbPwned=1</script>`;
  await app.page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(markup)})`);
  await app.page.waitForTimeout(SETTLE_MS);
  expect(await harm()).toEqual({ ...UNHARMED, drawn: 1 });
});

describe('of the address', () => {
  test.each(PAGE_PATHS)('nothing is drawn or run at %s', async (path) => {
    const attempts = markupAttempts({ canary: canary.url, file: '/nowhere' });
    for (let round = 0; round < ROUNDS; round += 1) {
      const query = new URLSearchParams();
      for (const [index, name] of names.entries()) {
        query.set(name, attempts[(round * names.length + index) % attempts.length] ?? '');
      }
      // Refused at once where the source is no name.
      if (round > 0) query.set('source', OUTLET);
      await show(`${path}?${query.toString()}#${encodeURIComponent(attempts[round] ?? '')}`);
      expect(await harm()).toEqual(UNHARMED);
    }
  });
});

describe('of the data', () => {
  beforeAll(() => publishHostile(app.marts));

  test.each([
    `/customers?source=${OUTLET}`,
    `/customers?${new URLSearchParams({ source: OUTLET, customer: `${HOSTILE}u0` }).toString()}`,
    '/segments?view=customers',
    '/segments?view=recommendations',
    `/funnel?source=${OUTLET}`,
    '/quality',
  ])('it is shown as text at %s', async (target) => {
    await show(target);
    await answered(app.page);
    expect(await app.page.locator('#main').innerText()).toContain('data-ebb-injected');
    expect(await harm()).toEqual(UNHARMED);
  });

  test('no cell of a file is a formula', async () => {
    const text = await (await fetch(`${app.url}/api/segments/customers.csv`)).text();
    const [, ...lines] = text.trimEnd().split('\r\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !line.startsWith(`"'=HYPERLINK(""x"")`))).toEqual([]);
  });
});
