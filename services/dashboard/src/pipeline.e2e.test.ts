import { testClickhouse, testPostgres } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Builds, BuiltModels, Findings, Jobs, Pipeline } from './api/pipeline-schema.ts';
import type { Recent } from './api/recent-schema.ts';
import type { Traces } from './api/trace-schema.ts';
import { accessibilityViolations, answered, frontEnd, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { openReportApp } from './testing/report-app.ts';
import { pipelineWarehouse } from './testing/seed-builds.ts';
import { NOON, seedPipeline, WEB_EVENTS } from './testing/seed-pipeline.ts';
import { startDashboard } from './testing/test-dashboard.ts';

/** Stands at noon unless a test moves it, so that what the page says of ages stays. */
let nowMs = Date.parse(NOON);
const clock = { nowMs: () => nowMs };
const app = openReportApp({ postgres: seedPipeline, marts: pipelineWarehouse, clock });

const table = (id: string) => app.page.locator(`[data-table="${id}"]`);
const rowsOf = (id: string): Promise<string[]> => table(id).locator('tbody tr').allInnerTexts();
const section = (id: string) => app.page.locator(`[data-section="${id}"]`);

/** The browser complains of every answer that is refused; whether it did of nothing else. */
function refusedOnly(): boolean {
  const others = app.complaints.filter((text) => !text.includes('503'));
  app.complaints = others;
  return others.length === 0;
}

describe('Pipeline', () => {
  test('shows what the API says, which equals SQL', async () => {
    await app.show('/pipeline');
    const pipeline = await app.ask<Pipeline>('/api/pipeline');
    const conditions = await rowsOf('conditions');
    expect(conditions).toHaveLength(pipeline.conditions.length);
    for (const [index, { subject, detail }] of pipeline.conditions.entries()) {
      expect(conditions[index]).toContain(subject);
      expect(conditions[index]).toContain(detail);
    }
    expect(await rowsOf('tables')).toHaveLength(pipeline.tables.length);
    expect(await table('tables').locator('.differs').innerText()).toMatch(
      /crm\.offers\s.*being read again.*\s.*stopped/,
    );
    expect(await section('capture').innerText()).toContain('There is no replication slot');
    expect(await app.page.locator('[data-hop="postgres_to_kafka"] [data-value]').innerText()).toBe('30 min');
    const { builds } = await app.ask<Builds>('/api/pipeline/builds');
    expect((await rowsOf('builds')).map((row) => row.split('\t')[0])).toEqual(builds.map(({ id }) => id));
    expect(await table('builds').locator('.differs').innerText()).toContain('configured to fail if != 0');
    const { models } = await app.ask<BuiltModels>('/api/pipeline/models');
    expect((await rowsOf('models')).map((row) => row.split('\t')[0])).toEqual(models.map(({ name }) => name));
    expect(await rowsOf('learned')).toHaveLength(2);
    expect(await rowsOf('cycles')).toHaveLength(10);
    expect(await section('ledger').innerText()).toContain('2 open, 1 repaired and not verified yet, 1 right again');
  });

  test('traces what is typed, in the address, and says what the API says', async () => {
    await app.show('/pipeline');
    const field = app.page.getByRole('searchbox', { name: 'Id' });
    await field.fill(` ${WEB_EVENTS[0].eventId} `);
    await field.press('Enter');
    const steps = table('trace-stream.web_events').locator('tbody tr');
    await expect.poll(() => steps.count()).toBe(5);
    expect(app.page.url()).toContain(`key=${WEB_EVENTS[0].eventId}`);
    const { traces } = await app.ask<Traces>(`/api/pipeline/trace?id=${WEB_EVENTS[0].eventId}`);
    const told = await steps.allInnerTexts();
    for (const [index, { hop, detail }] of (traces[0]?.steps ?? []).entries()) {
      expect(told[index]).toContain(hop);
      expect(told[index]).toContain(detail);
    }
    expect(told[2]).toContain('+40 ms');
    await app.page.goBack();
    await expect.poll(() => steps.count()).toBe(0);
  });

  test('leads from a finding to the way of its row, with what was found', async () => {
    await app.show('/pipeline');
    await table('findings').getByRole('link', { name: 'd13o0' }).click();
    await table('trace-sales.orders').waitFor();
    expect(await rowsOf('trace-findings')).toHaveLength(1);
    expect(await app.page.getByRole('searchbox', { name: 'Id' }).inputValue()).toBe('d13o0');
  });

  test('says where nothing has the id, and what goes through everything; what was refused has its command', async () => {
    await app.show('/pipeline?key=nobody');
    expect(await app.page.locator('[data-trace="none"]').innerText()).toContain('npx ebb ledger trace nobody');
    await app.show('/pipeline?key=refused-1');
    expect(await table('letters').innerText()).toMatch(
      /website_events\/0 offset 7[\s\S]*npx ebb dlq replay [0-9a-f-]{36}/,
    );
  });

  test('filters jobs and findings in the address', async () => {
    await app.show('/pipeline');
    await section('jobs').getByRole('combobox', { name: 'State' }).selectOption('failed');
    await expect.poll(() => rowsOf('jobs')).toHaveLength(1);
    expect((await rowsOf('jobs'))[0]).toContain('one file could not be read (2 attempts)');
    await section('ledger').getByRole('combobox', { name: 'State' }).selectOption('closed');
    await expect.poll(() => rowsOf('findings')).toHaveLength(1);
    expect(app.page.url()).toMatch(/status=failed.*state=closed/);
    await app.show('/pipeline?status=done&kind=files.load');
    const { jobs } = await app.ask<Jobs>('/api/pipeline/jobs?status=done&kind=files.load');
    expect((await rowsOf('jobs')).map((row) => row.split('\t')[0])).toEqual(jobs.map(({ id }) => id));
    await app.show('/pipeline?state=repaired');
    const { findings } = await app.ask<Findings>('/api/pipeline/findings?state=repaired');
    expect((await rowsOf('findings')).map((row) => row.split('\t')[0])).toEqual(findings.map(({ id }) => id));
  });

  test('without the warehouse keeps what Postgres knows, and says why the rest is missing', async () => {
    const other = await app.start('http://nobody@127.0.0.1:1');
    try {
      await app.page.goto(`${other.url}/pipeline?key=${WEB_EVENTS[0].eventId}`);
      await table('trace-stream.web_events').waitFor();
      await answered(app.page);
      expect(await section('trace').locator('[data-warehouse-problem]').innerText()).toContain(
        'The warehouse does not answer',
      );
      expect(await section('builds').locator('[data-failure="DATABASE_AWAY"]').count()).toBe(1);
      expect(await section('models').locator('[data-failure="DATABASE_AWAY"]').count()).toBe(1);
      expect(await table('tables').innerText()).toContain('not known');
      expect(await rowsOf('jobs')).toHaveLength(4);
      expect(refusedOnly()).toBe(true);
    } finally {
      await other.close();
    }
  });

  test('without Postgres says so in every part, and shows the builds', async () => {
    const other = await startDashboard('postgres://nobody@127.0.0.1:1/none', {
      webDirectory: await frontEnd(),
      env: { EBB_CLICKHOUSE_URL: app.marts.server.readerUrl },
    });
    try {
      await app.page.goto(`${other.url}/pipeline`);
      await table('builds').waitFor();
      for (const id of ['conditions', 'capture', 'ledger', 'jobs', 'learned'])
        await section(id).locator('[data-failure="DATABASE_AWAY"]').first().waitFor();
      expect(refusedOnly()).toBe(true);
    } finally {
      await other.close();
    }
  });

  test('before anything ran says what there is not yet, and how to get it', async () => {
    const [db, warehouse] = [await testPostgres(), await testClickhouse()];
    const other = await startDashboard(db.roleUrl('ebb_dashboard'), {
      webDirectory: await frontEnd(),
      env: { EBB_CLICKHOUSE_URL: warehouse.readerUrl },
    });
    try {
      await app.page.goto(`${other.url}/pipeline`);
      const parts = ['conditions', 'slots', 'cycles', 'findings', 'jobs', 'builds', 'models', 'learned'];
      for (const part of parts) await app.page.locator(`[data-${part}="none"]`).waitFor();
      await answered(app.page);
      expect(await app.page.locator('[data-hop]').count()).toBe(4);
    } finally {
      await other.close();
    }
  });
});

test.each(VIEWS)('pipeline, $name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  const path = `/pipeline?key=${WEB_EVENTS[0].eventId}`;
  expect(await lookOf(app, { name: 'pipeline', path }, view)).toEqual(AS_AGREED);
});

describe('Last events on Live', () => {
  const open = async (url = app.url): Promise<void> => {
    await app.page.goto(`${url}/?source=outlet`);
    await section('recent').locator('[data-table="letters"], [data-failure]').waitFor();
    await answered(app.page);
  };
  const firstCells = async (): Promise<string[]> => (await rowsOf('recent')).map((row) => row.split('\t')[0] ?? '');

  test('are what the API says, without anything private, and lead to their way', async () => {
    await open();
    const { events, letters } = await app.ask<Recent>('/api/live/recent?limit=12');
    expect(await firstCells()).toEqual(events.map(({ receivedAt }) => receivedAt.replace('T', ' ').replace('Z', '')));
    const text = await section('recent').innerText();
    for (const { eventId, order } of events) expect(text).toContain(order ?? eventId);
    for (const { code, id } of letters) {
      expect(text).toContain(code);
      expect(text).toContain(`npx ebb dlq replay ${id}`);
    }
    expect(text).not.toMatch(/private|\bu0\b/);
    await section('recent').getByRole('link', { name: 'd13o0' }).first().click();
    await expect.poll(() => table('trace-sales.order_status_history').count()).toBe(2);
  });

  test('are filtered by kind, source and event', async () => {
    await open();
    const choose = (name: string, option: string): Promise<unknown> =>
      section('recent').getByRole('combobox', { name, exact: true }).selectOption(option);
    await choose('Of', 'purchase');
    await expect.poll(() => rowsOf('recent')).toHaveLength(2);
    await choose('Of', 'website');
    await choose('Event', 'search');
    await expect.poll(() => rowsOf('recent')).toHaveLength(1);
    await choose('From source', 'outlet');
    await expect.poll(() => section('recent').innerText()).not.toContain('invalid_body');
  });

  test('follow by themselves, stand still when paused, and come anew when asked for', async () => {
    await open();
    const addLetter = async (code: string): Promise<void> => {
      await app.db.query(
        `INSERT INTO stream.dead_letters (id, service, kind, code, message, failed_at, payload, payload_bytes, truncated)
         VALUES (gen_random_uuid(), 'test', 'website', $1, 'm', '2026-03-14T11:59:30Z', '', 0, false)`,
        [code],
      );
      nowMs += 1_000;
    };
    const text = (): Promise<string> => table('letters').innerText();
    await addLetter('first_code');
    await expect.poll(text).toContain('first_code');
    const pause = section('recent').getByRole('button', { name: 'Pause' });
    await pause.click();
    await expect.poll(() => pause.getAttribute('aria-pressed')).toBe('true');
    await addLetter('second_code');
    // Longer than it takes to follow.
    await app.page.waitForTimeout(4_000);
    expect(await text()).not.toContain('second_code');
    await section('recent').getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(text).toContain('second_code');
    await app.db.query(`DELETE FROM stream.dead_letters WHERE service = 'test'`);
    nowMs = Date.parse(NOON);
  });

  test('fit a phone in both themes, with no accessibility violation', async () => {
    for (const view of VIEWS.filter(({ width }) => width < 500)) {
      await app.page.setViewportSize({ width: view.width, height: view.height });
      await app.page.emulateMedia({ colorScheme: view.theme, reducedMotion: 'reduce' });
      await open();
      expect(await app.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width);
      expect(await accessibilityViolations(app.page)).toEqual([]);
    }
  });
});

// Last, since it changes what the others count.
test('Refresh asks for everything on the page', async () => {
  await app.show('/pipeline');
  expect(await rowsOf('models')).toHaveLength(3);
  await app.marts.server.clickhouse.command(
    `INSERT INTO ops.dbt_results VALUES ('p1', 'i', 'model.ebb.fct_new', 'model', 'success', '', NULL, 1, '2026-03-14 08:00:00')`,
  );
  await app.page.getByRole('button', { name: 'Refresh' }).click();
  await expect.poll(() => rowsOf('models')).toHaveLength(4);
});
