import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { DBT_PROJECT } from '@ebb/local-stack';
import { eventually, launchBrowser } from '@ebb/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { REPOSITORY } from '../stack/home.ts';
import { TestStack } from '../stack/test-stack.ts';
import { AirflowApi, type AirflowLogin, type AirflowRun, login, triggerByHand } from './testing/airflow-pages.ts';

/** What is kept for whoever wants to look: screenshots, mails, rows before and after. */
const KEPT = join(REPOSITORY, 'test-output', 'airflow');
const RUN_TIMEOUT_MS = 3_000_000;
const PIPELINE = 'customer_events_pipeline';
const DAGS = [PIPELINE, 'daily_sales_ingest'] as const;
/** They read what the others have published. */
const WATCHERS = ['stream_supervision', 'marts_deadline', 'engagement_drops', 'weekly_report'] as const;
const folder = mkdtempSync(join(tmpdir(), 'ebb-airflow-browser-'));
/** A copy, to break a model in. */
const project = join(folder, 'dbt');

let stack: TestStack;
let page: Page;
let airflow: AirflowLogin;
let api: AirflowApi;

beforeAll(async () => {
  rmSync(KEPT, { recursive: true, force: true });
  mkdirSync(KEPT, { recursive: true });
  cpSync(DBT_PROJECT, project, { recursive: true, filter: (path) => !/\/(target|logs|__pycache__)$/.test(path) });
  const days = join(folder, 'days');
  stack = new TestStack({
    EBB_DAILY_FILES_DIR: days,
    EBB_DBT_PROJECT: project,
    EBB_AIRFLOW_RETRY_DELAY_SECONDS: '5',
  });
  await ebb(['datasets', 'retail-daily', days]);
  await ebb(['up', '--with', 'airflow']);
  const report = must((await stack.status()).airflow, 'the stack runs with Airflow');
  airflow = {
    url: must(report.url, 'url'),
    login: must(report.login, 'login'),
    password: must(report.password, 'password'),
  };
  api = new AirflowApi(airflow);
  const browser = await launchBrowser({ viewport: { width: 1440, height: 900 } });
  page = await browser.newPage();
  // A page of Airflow loads some hundred files, and a click waits for a server that may be busy with a run.
  page.setDefaultTimeout(300_000);
}, 1_800_000);

afterAll(async () => {
  await stack.dispose();
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

async function ebb(args: readonly string[]): Promise<void> {
  const { code, output } = await stack.run(args);
  if (code !== 0) throw new Error(`ebb ${args.join(' ')}: ${output}`);
}

async function keep(name: string): Promise<void> {
  await page.screenshot({ path: join(KEPT, `${name}.png`), fullPage: true });
}

function keepJson(name: string, content: unknown): void {
  writeFileSync(join(KEPT, `${name}.json`), JSON.stringify(content, null, 2));
}

async function query<T>(sql: string): Promise<T[]> {
  const { clickhouse: report } = await stack.status();
  const clickhouse = createClickhouse({ url: must(report.url, 'url of ClickHouse'), applicationName: 'ebb-test' });
  try {
    return await clickhouse.query<T>(sql);
  } finally {
    await clickhouse.close();
  }
}

/** Rows of the landed lines, of the published builds, and of every published mart. */
async function rows(): Promise<Record<string, number>> {
  const found = await query<{ name: string; n: string }>(
    `SELECT 'bronze lines' AS name, toString(count()) AS n FROM raw.retail_transactions_bronze_current
     UNION ALL SELECT 'published builds', toString(count()) FROM marts.publication FINAL WHERE state = 'published'
     UNION ALL SELECT 'marts.' || name, toString(total_rows) FROM system.tables WHERE total_rows IS NOT NULL AND database IN
       (SELECT concat('marts_', argMax(id, (built_at, _version))) FROM marts.publication FINAL WHERE state = 'published')`,
  );
  return Object.fromEntries(found.map(({ name, n }) => [name, Number(n)]));
}

async function publishedId(): Promise<string | undefined> {
  const [newest] = await query<{ id: string }>(
    "SELECT id FROM marts.publication FINAL WHERE state = 'published' ORDER BY built_at DESC, _version DESC LIMIT 1",
  );
  return newest?.id;
}

const list = z.object({ messages: z.array(z.object({ ID: z.string() })) });
const mail = z.object({ Subject: z.string(), To: z.array(z.object({ Address: z.string() })), HTML: z.string() });

/** All that came in, the newest first. */
async function mails(): Promise<z.infer<typeof mail>[]> {
  const url = must((await stack.status()).mail?.url, 'url of the mails');
  const { messages } = list.parse(await (await fetch(`${url}/api/v1/messages`)).json());
  return Promise.all(
    messages.map(async ({ ID: id }) => mail.parse(await (await fetch(`${url}/api/v1/message/${id}`)).json())),
  );
}

/** Waits for the run that was started by hand last, and shows it. */
async function ended(dag: string, state: 'success' | 'failed'): Promise<AirflowRun> {
  const run = await eventually(
    async () => {
      const found = await api.runByHand(dag);
      expect(found?.state).toMatch(/success|failed/);
      return must(found, 'run');
    },
    { timeoutMs: RUN_TIMEOUT_MS, intervalMs: 5_000 },
  );
  expect({ ...run, tasks: await api.taskStates(dag, run) }).toMatchObject({ state });
  await page.goto(`${airflow.url}/dags/${dag}/runs/${encodeURIComponent(run.dag_run_id)}`);
  await page
    .getByText(state === 'success' ? 'Success' : 'Failed', { exact: true })
    .first()
    .waitFor();
  return run;
}

test('nobody sees anything without a login', async () => {
  const closed = await fetch(`${airflow.url}/api/v2/dags`);
  expect(closed.status).toBe(401);
  await login(page, { ...airflow, password: 'wrong' });
  await page.getByText('Invalid login').first().waitFor();
  expect(page.url()).toContain('login');
  await keep('1-refused');
});

test('with it, both DAGs run green by hand on a fresh stack', { timeout: RUN_TIMEOUT_MS * 2 }, async () => {
  const before = await rows();
  expect(before).toEqual({ 'bronze lines': 0, 'published builds': 0 });
  await login(page, airflow);
  await page.goto(`${airflow.url}/dags`);
  await page.getByText(PIPELINE).first().waitFor();
  await keep('2-dags');
  for (const dag of DAGS) await triggerByHand(page, airflow, dag, () => keep(`3-trigger-${dag}`));
  for (const dag of DAGS) {
    await ended(dag, 'success');
    await keep(`4-green-${dag}`);
  }
  const after = await rows();
  keepJson('rows', { before, after });
  // A run by hand, and the one that the daily files asked for.
  expect(after).toMatchObject({ 'bronze lines': 525_461, 'published builds': 2, 'marts.customer_rfm_gold': 4_285 });
  const sent = await mails();
  const subjects = sent.map(({ Subject }) => Subject);
  expect(subjects).toContainEqual(expect.stringMatching(/customer_events_pipeline: published p\d{14}/));
  expect(subjects).toContainEqual('[Ebb] daily_sales_ingest: 525461 rows of 307 files');
  expect(sent[0]?.HTML).toContain('8673383.33');
  for (const { To } of sent) expect(To.length).toBeGreaterThan(1);
  await page.goto(must((await stack.status()).mail?.url, 'url of the mails'));
  await keep('5-mails');
});

test('those that watch and report run green by hand on what was published', { timeout: RUN_TIMEOUT_MS }, async () => {
  for (const dag of WATCHERS) await triggerByHand(page, airflow, dag, () => keep(`5-trigger-${dag}`));
  for (const dag of WATCHERS) {
    await ended(dag, 'success');
    await keep(`5-green-${dag}`);
  }
  const subjects = (await mails()).map(({ Subject }) => Subject);
  expect(subjects).toContainEqual(expect.stringMatching(/^\[Ebb\] weekly_report: /));
  // The marts are new, and nobody was ever expected to come.
  expect(subjects).not.toContainEqual(expect.stringMatching(/marts_deadline|engagement_drops/));
});

test('a broken model ends the run with a mail, and what was published stays', { timeout: RUN_TIMEOUT_MS }, async () => {
  const published = await publishedId();
  writeFileSync(join(project, 'models/intermediate/shop/int_identity.sql'), 'select broken_by_hand from nowhere');
  await triggerByHand(page, airflow, PIPELINE, () => keep('6-trigger-broken'));
  const run = await ended(PIPELINE, 'failed');
  await keep('7-failed');
  expect(await api.taskStates(PIPELINE, run)).toMatchObject({
    staging: 'success',
    intermediate: 'failed',
    marts: 'upstream_failed',
    publish: 'upstream_failed',
    mail_summary: 'upstream_failed',
    give_up: 'success',
  });
  expect(await publishedId()).toBe(published);
  const sent = await mails();
  keepJson('mails', sent);
  expect(sent[0]).toMatchObject({ Subject: '[Ebb] customer_events_pipeline: intermediate failed' });
  expect(sent[0]?.HTML).toContain('int_identity');
  expect(sent[0]?.HTML).toContain(`published is ${published}`);
  await page.goto(must((await stack.status()).mail?.url, 'url of the mails'));
  await keep('8-mails');
});
