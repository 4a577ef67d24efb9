import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { must } from '@ebb/core';
import { eventually, launchBrowser } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../stack/home.ts';
import { tilesOf } from './asset-files.ts';
import { chartUuid } from './chart-asset.ts';
import { DASHBOARDS } from './dashboards.ts';
import { MARKET } from './dashboards/market.ts';
import { SCHEDULES } from './schedules.ts';
import { SupersetClient, type SupersetLogin } from './superset-client.ts';
import { mailsTo } from './testing/caught-mails.ts';
import { FilledStack } from './testing/filled-stack.ts';
import { idsOf, importedBy } from './testing/imported.ts';
import { addOldAndYoung, leftOf, pruneNow } from './testing/pruning.ts';
import { scheduleMails } from './testing/schedule-mails.ts';
import { askInSqlLab, databaseId } from './testing/sql-lab.ts';
import { logIn, openDashboard, pictureOf } from './testing/superset-pages.ts';

/** What is kept for whoever wants to look. */
const KEPT = join(REPOSITORY, 'test-output', 'superset');
/** Shown in superset/README.md; UPDATE_SCREENSHOTS=1 makes them anew. */
const SHOWN = join(REPOSITORY, 'superset', 'screenshots');
/** Due each minute; the worker may have begun the one it is in. */
const MAIL_TIMEOUT_MS = 240_000;
/** Tiles are drawn once they are in sight. */
const TALL = { width: 1440, height: 2000 };
const REFUSED = /: 40[13] /;

let stack: FilledStack;
let admin: SupersetLogin;
let viewer: SupersetLogin;

beforeAll(async () => {
  rmSync(KEPT, { recursive: true, force: true });
  mkdirSync(KEPT, { recursive: true });
  stack = new FilledStack();
  await stack.up();
  ({ admin, viewer } = await stack.logins());
}, 3_000_000);

afterAll(() => stack.dispose(), 300_000);

test('every tile has data and equals its statement', async () => {
  const output = await stack.ebb(['superset', 'check']);
  writeFileSync(join(KEPT, 'check.txt'), output);
  expect(output.match(/ equal\s*$/gm)).toHaveLength(DASHBOARDS.flatMap(tilesOf).length);
}, 600_000);

test('every dashboard renders in a browser, for somebody who may only look', async () => {
  const folder = hostEnvironment()['UPDATE_SCREENSHOTS'] === '1' ? SHOWN : KEPT;
  const browser = await launchBrowser({ viewport: TALL });
  const page = await browser.newPage();
  await logIn(page, viewer);
  for (const dashboard of DASHBOARDS) {
    expect(await openDashboard(page, viewer.url, dashboard), dashboard.slug).toEqual([]);
    writeFileSync(join(folder, `${dashboard.slug}.png`), await pictureOf(page));
  }
}, 900_000);

test('a figure that was kept is not shown once something newer is published', async () => {
  const superset = await SupersetClient.login(admin);
  const tile = must(MARKET.rows[0]?.[3], 'tile of customers');
  const id = must((await superset.chartIds()).get(chartUuid(MARKET.slug, tile)), 'its chart');
  const filters = [{ col: 'source', op: 'IN' as const, val: ['shop'] }];
  await superset.chartData(id, filters);
  expect((await superset.chartData(id, filters)).isCached).toBe(true);
  await stack.ebb(['build']);
  await eventually(async () => !(await superset.chartData(id, filters)).isCached, { timeoutMs: 10_000 });
}, 900_000);

test('a viewer sees the figures and neither SQL Lab nor a way to change anything', async () => {
  const superset = await SupersetClient.login(viewer);
  expect((await superset.chartIds()).size).toBe(DASHBOARDS.flatMap(tilesOf).length);
  const [dashboard] = await idsOf(superset, 'dashboard');
  const asked = { database_id: await databaseId(await SupersetClient.login(admin), 'postgres'), sql: 'SELECT 1' };
  await expect(superset.post('/api/v1/sqllab/execute/', asked)).rejects.toThrow(REFUSED);
  await expect(superset.post('/api/v1/dashboard/', { dashboard_title: 'mine' })).rejects.toThrow(REFUSED);
  await expect(superset.put(`/api/v1/dashboard/${dashboard}`, { dashboard_title: 'mine' })).rejects.toThrow(REFUSED);
  await expect(superset.get('/api/v1/report/')).rejects.toThrow(REFUSED);
  await expect(SupersetClient.login({ ...viewer, password: admin.password })).rejects.toThrow(REFUSED);
}, 120_000);

test('SQL Lab reads both databases and changes neither', async () => {
  const superset = await SupersetClient.login(admin);
  expect(await askInSqlLab(superset, 'postgres', 'SELECT count(*) > 0 AS found FROM sales.orders')).toEqual([
    { found: true },
  ]);
  expect(await askInSqlLab(superset, 'clickhouse', 'SELECT count() > 0 AS found FROM marts.customer_segments')).toEqual(
    [{ found: 1 }],
  );
  await expect(askInSqlLab(superset, 'postgres', 'DELETE FROM sales.orders')).rejects.toThrow(/DML|not allowed/i);
  await expect(askInSqlLab(superset, 'clickhouse', 'DROP VIEW marts.customer_segments')).rejects.toThrow(
    /DML|not allowed/i,
  );
}, 120_000);

test('an alert whose statement finds something and a report that is due arrive, with their tables', async () => {
  const superset = await SupersetClient.login(admin);
  const { result } = (await superset.get('/api/v1/report/')) as { result: { name: string }[] };
  expect(result.map(({ name }) => name).toSorted()).toEqual(SCHEDULES.map(({ name }) => name).toSorted());
  await scheduleMails(superset, 'somebody@ebb.example');
  const page = await stack.mailPage();
  const mails = await eventually(
    async () => {
      const found = await mailsTo(page, 'somebody@ebb.example');
      const subjects = found.map(({ Subject: subject }) => subject);
      for (const name of ['Due', 'Found']) expect(subjects).toContainEqual(expect.stringMatching(`^Ebb: ${name}: `));
      return found;
    },
    { timeoutMs: MAIL_TIMEOUT_MS, intervalMs: 2_000 },
  );
  writeFileSync(join(KEPT, 'mails.json'), JSON.stringify(mails, null, 2));
  expect(mails.filter(({ Subject: subject }) => subject.includes('Quiet'))).toEqual([]);
  for (const { HTML: html } of mails) expect(html.match(/<tr/g)?.length).toBeGreaterThan(5);
}, 400_000);

test('the worker removes what is older than 90 days, and nothing else', async () => {
  await addOldAndYoung(stack.home);
  expect(await pruneNow(stack.home)).toHaveLength(3);
  await eventually(async () => expect(await leftOf(stack.home)).toEqual(['log young', 'query young']), {
    timeoutMs: 180_000,
    intervalMs: 500,
  });
}, 300_000);

test('a start imports again: nothing is there twice, and what somebody changed is as in the repository', async () => {
  const before = await importedBy(await SupersetClient.login(admin));
  const superset = await SupersetClient.login(admin);
  const [dashboard] = await idsOf(superset, 'dashboard');
  await superset.put(`/api/v1/dashboard/${dashboard}`, { dashboard_title: 'changed by hand' });
  const { pid } = must((await stack.status()).superset, 'Superset');
  process.kill(must(pid, 'its process'), 'SIGKILL');
  const again = await eventually(
    async () => {
      const { superset: started } = await stack.status();
      expect(started).toMatchObject({ state: 'ready', restarts: 1 });
      return SupersetClient.login(admin);
    },
    { timeoutMs: 300_000, intervalMs: 1_000 },
  );
  expect(await importedBy(again)).toEqual(before);
}, 400_000);
