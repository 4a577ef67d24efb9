import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentPublication } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { eventually } from '@ebb/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AirflowGround, airflowGround, WINDOW } from './testing/airflow-ground.ts';
import { type AirflowRun, login } from './testing/airflow-pages.ts';
import { ended, killTask, modelUnderWay, RUN_TIMEOUT_MS, trigger } from './testing/airflow-runs.ts';
import { emptyKept, keep, keepJson } from './testing/kept.ts';
import { agePublications, dayOf, publishedRows, shopWeek, strongDrops } from './testing/published-figures.ts';
import { newestMail, receivedMails } from './testing/received-mails.ts';

const PIPELINE = 'customer_events_pipeline';
const SEGMENTATION = 'customer_segmentation';
/** They publish what the others read. */
const MAKERS = [PIPELINE, 'daily_sales_ingest'];
/** What each DAG tells of the seeded data. One that is not here fails the test, so that a new one is not forgotten. */
const TOLD: Readonly<Record<string, RegExp>> = {
  customer_events_pipeline: /: published p\d{14}_[0-9a-f]{4}$/,
  customer_segmentation: /: [1-4] of 4 runs published/,
  daily_sales_ingest: /: 525461 rows of 307 files$/,
  engagement_drops: /: [\d,]+ customers come far less$/,
  marts_deadline: /: marts_late new$/,
  stream_supervision: /: .*new/,
  weekly_report: /: retail [\d,.]+ GBP in the week to \d{4}-\d\d-\d\d/,
};
const told = (dag: string): RegExp => new RegExp(`^\\[Ebb\\] ${dag}${TOLD[dag]?.source}`);

let ground: AirflowGround;

beforeAll(async () => {
  emptyKept();
  ground = await airflowGround();
}, 3_600_000);

afterAll(async () => {
  await ground.dispose();
}, 300_000);

/** Triggers them in the browser, one right after the other; each must end green. */
async function allGreen(dags: readonly string[]): Promise<void> {
  const runs: [string, AirflowRun][] = [];
  for (const dag of dags) runs.push([dag, await trigger(ground, dag)]);
  for (const [dag, run] of runs) {
    await ended(ground, dag, run, 'success');
    await keep(ground.page, `green-${dag}`, dag === SEGMENTATION ? 'run' : undefined);
  }
}

/** All of them in one window, with their last runs. */
async function showDags(page: Page, url: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 1240 });
  await page.goto(`${url}/dags`);
  await page.getByText('weekly_report').first().waitFor();
  // The bars of the runs follow; only the picture depends on them.
  await page.waitForTimeout(5_000);
  await keep(page, 'dags', 'dags');
  await page.setViewportSize(WINDOW);
}

/** As a mail program shows it. */
async function showMail(html: string, name: string, picture?: string): Promise<void> {
  // The page that lists the mails allows nothing to be written into it.
  await ground.page.goto('about:blank');
  await ground.page.setViewportSize({ width: 840, height: 1080 });
  await ground.page.setContent(html);
  await keep(ground.page, name, picture);
  await ground.page.setViewportSize(WINDOW);
}

test('nobody sees anything without a login', async () => {
  const { airflow, page } = ground;
  const closed = await fetch(`${airflow.url}/api/v2/dags`);
  expect(closed.status).toBe(401);
  await login(page, { ...airflow, password: 'wrong' });
  await page.getByText('Invalid login').first().waitFor();
  expect(page.url()).toContain('login');
  await keep(page, 'refused');
});

test('on a fresh stack the DAGs that publish run green by hand', { timeout: RUN_TIMEOUT_MS * 2 }, async () => {
  const { airflow, clickhouse, page } = ground;
  const before = await publishedRows(clickhouse);
  expect(before).toEqual({ 'bronze lines': 0, 'published builds': 0 });
  await login(page, airflow);
  await allGreen(MAKERS);
  const after = await publishedRows(clickhouse);
  keepJson('rows', { before, after });
  // A run by hand, and the one that the daily files asked for.
  expect(after).toMatchObject({ 'bronze lines': 525_461, 'published builds': 2, 'marts.customer_rfm_gold': 4_285 });
  expect((await newestMail(ground.mailUrl, told('daily_sales_ingest'))).HTML).toContain('8673383.33');
});

test('so does every other one that Airflow knows, with something to tell', { timeout: RUN_TIMEOUT_MS }, async () => {
  const { airflow, api, clickhouse, mailUrl, page } = ground;
  const dags = await api.dags();
  expect(dags).toEqual(Object.keys(TOLD));
  // Older than they may be, as after a night in which nothing was built.
  await agePublications(clickhouse, 8);
  await allGreen(dags.filter((dag) => !MAKERS.includes(dag)));
  await agePublications(clickhouse, -8);
  await allGreen(['marts_deadline']);
  await showDags(page, airflow.url);
  const mails = await receivedMails(mailUrl);
  keepJson('mails', mails);
  const subjects = mails.map(({ Subject }) => Subject);
  for (const dag of dags) expect(subjects).toContainEqual(expect.stringMatching(told(dag)));
  expect(subjects).toContain('[Ebb] marts_deadline: marts_late is over');
  expect(subjects).not.toContainEqual(expect.stringMatching(/failed|is tried again/));
  for (const { To } of mails) expect(To.length).toBeGreaterThan(1);
  await page.goto(mailUrl);
  await keep(page, 'mails');
});

test('each mail can be read, and says what SQL says', async () => {
  const { clickhouse, mailUrl, page, pool } = ground;
  for (const dag of Object.keys(TOLD)) await showMail((await newestMail(mailUrl, told(dag))).HTML, `mail-${dag}`);
  expect((await newestMail(mailUrl, told('stream_supervision'))).HTML).toContain('dead_letters');
  const drops = await receivedMails(mailUrl).then((all) => all.filter(({ Subject }) => /far less/.test(Subject)));
  const customers = drops.map(({ Subject }) => Number(/: ([\d,]+) /.exec(Subject)?.[1]?.replace(',', '')));
  expect(customers).toEqual([await strongDrops(clickhouse)]);
  const weekly = await newestMail(mailUrl, told('weekly_report'));
  await showMail(weekly.HTML, 'mail-weekly_report', 'weekly-report');
  expect(await page.locator('td[bgcolor]').count()).toBeGreaterThan(20);
  const { asOf } = must(await currentPublication(clickhouse), 'a publication');
  const { orders, net } = await shopWeek(pool, dayOf(asOf, -7), dayOf(asOf, -1));
  const row = page.locator('table').first().getByRole('row').filter({ hasText: 'shop' }).filter({ hasText: 'USD' });
  expect((await row.innerText()).split('\t')).toEqual(expect.arrayContaining([orders, `${net} USD`]));
});

test('a worker or a task killed in the middle of a job: green all the same', { timeout: RUN_TIMEOUT_MS }, async () => {
  const { api, page, pool, stack } = ground;
  const run = await trigger(ground, SEGMENTATION);
  const begun = await api.tasks(SEGMENTATION, run);
  const worker = must((await stack.status())['segmentation-worker'].pid, 'the worker');
  const first = await modelUnderWay(ground, SEGMENTATION, run);
  await killTask(must(begun.find((one) => one.task_id === first.task)?.id, first.task));
  const second = await modelUnderWay(ground, SEGMENTATION, run, first.id);
  process.kill(worker, 'SIGKILL');
  await ended(ground, SEGMENTATION, run, 'success');
  await keep(page, 'green-after-kills');
  const { rows } = await pool.query<{ id: string; attempts: number; status: string }>(
    `SELECT id, attempts, status FROM ops.job_runs WHERE starts_with(key, $1) OR starts_with(key, $2) ORDER BY id`,
    [first, second].map(({ task }) => `${SEGMENTATION}/${run.dag_run_id}/${task}#`),
  );
  // The task looked for its job again and found it; the worker took its job up again. No work was asked for twice.
  expect(rows).toEqual([
    { id: first.id, attempts: 1, status: 'done' },
    { id: second.id, attempts: 2, status: 'done' },
  ]);
  const tries = new Map((await api.tasks(SEGMENTATION, run)).map((one) => [one.task_id, one.try_number]));
  expect([tries.get(first.task), tries.get(second.task)]).toEqual([2, 1]);
});

/** Of a run of the pipeline that failed at this layer. */
async function expectStopped(run: AirflowRun, states: Readonly<Record<string, string>>, stays: string): Promise<void> {
  await ended(ground, PIPELINE, run, 'failed');
  const behind = { publish: 'upstream_failed', mail_summary: 'upstream_failed', give_up: 'success' };
  expect(await ground.api.taskStates(PIPELINE, run)).toMatchObject({ ...states, ...behind });
  expect((await currentPublication(ground.clickhouse))?.id).toBe(stays);
}

test('a build that is killed ends with a mail, and what was published stays', { timeout: RUN_TIMEOUT_MS }, async () => {
  const { id } = must(await currentPublication(ground.clickhouse), 'a publication');
  const run = await trigger(ground, PIPELINE);
  const begun = await ground.api.tasks(PIPELINE, run);
  await killTask(must(begun.find((one) => one.task_id === 'staging')?.id, 'staging'), RUN_TIMEOUT_MS);
  await expectStopped(run, { staging: 'failed', intermediate: 'upstream_failed' }, id);
  const subject = /^\[Ebb\] customer_events_pipeline: staging failed$/;
  // Of its own it could tell nobody; Airflow does once the run is over.
  const mail = await eventually(() => newestMail(ground.mailUrl, subject), { timeoutMs: 120_000, intervalMs: 1_000 });
  expect(mail.HTML).toContain('as one that is killed does');
  expect(mail.HTML).toContain(`published is ${id}`);
});

test('a broken model ends the run with a mail, and what was published stays', { timeout: RUN_TIMEOUT_MS }, async () => {
  const { id } = must(await currentPublication(ground.clickhouse), 'a publication');
  writeFileSync(
    join(ground.project, 'models/intermediate/shop/int_identity.sql'),
    'select broken_by_hand from nowhere',
  );
  const run = await trigger(ground, PIPELINE);
  await expectStopped(run, { staging: 'success', intermediate: 'failed', marts: 'upstream_failed' }, id);
  await keep(ground.page, 'failed');
  const failed = (await receivedMails(ground.mailUrl)).filter(({ Subject }) => /: intermediate /.test(Subject));
  // Once: by the task itself.
  expect(failed).toMatchObject([{ Subject: '[Ebb] customer_events_pipeline: intermediate failed' }]);
  expect(failed[0]?.HTML).toContain('int_identity');
  expect(failed[0]?.HTML).toContain(`published is ${id}`);
  await showMail(must(failed[0], 'mail').HTML, 'mail-failed');
});
