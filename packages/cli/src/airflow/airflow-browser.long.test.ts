import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { eventually, launchBrowser } from '@ebb/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../stack/home.ts';
import { TestStack } from '../stack/test-stack.ts';
import { type AirflowLogin, login, runState, triggerByHand } from './testing/airflow-pages.ts';

/** What is kept for whoever wants to look: screenshots, mails, rows before and after. */
const KEPT = join(REPOSITORY, 'test-output', 'airflow');
const RUN_TIMEOUT_MS = 3_000_000;
const DAGS = ['customer_events_pipeline', 'daily_sales_ingest'] as const;
const SAFE = { EBB_AIRFLOW_RETRY_DELAY_SECONDS: '5' };

let stack: TestStack;
let page: Page;
let airflow: AirflowLogin;

beforeAll(async () => {
  mkdirSync(KEPT, { recursive: true });
  const days = join(KEPT, 'days');
  stack = new TestStack({ EBB_DAILY_FILES_DIR: days, ...SAFE });
  await ebb(['datasets', 'retail-daily', days]);
  await ebb(['up', '--with', 'airflow']);
  const report = must((await stack.status()).airflow, 'the stack runs with Airflow');
  airflow = {
    url: must(report.url, 'url'),
    login: must(report.login, 'login'),
    password: must(report.password, 'password'),
  };
  const browser = await launchBrowser({ viewport: { width: 1440, height: 900 } });
  page = await browser.newPage();
  // A page of Airflow loads some hundred files, and a click waits for a server that may be busy with a run.
  page.setDefaultTimeout(300_000);
}, 1_800_000);

afterAll(() => stack.dispose(), 300_000);

async function ebb(args: readonly string[]): Promise<void> {
  const { code, output } = await stack.run(args);
  if (code !== 0) throw new Error(`ebb ${args.join(' ')}: ${output}`);
}

async function keep(name: string): Promise<void> {
  await page.screenshot({ path: join(KEPT, `${name}.png`), fullPage: true });
}

async function rows(): Promise<Record<string, number>> {
  const { clickhouse: report } = await stack.status();
  const clickhouse = createClickhouse({ url: must(report.url, 'url of ClickHouse'), applicationName: 'ebb-test' });
  try {
    const found = await clickhouse.query<{ name: string; n: string }>(
      `SELECT 'bronze lines' AS name, toString(count()) AS n FROM raw.retail_transactions_bronze_current
       UNION ALL SELECT 'published builds', toString(count()) FROM marts.publication FINAL WHERE state = 'published'`,
    );
    return Object.fromEntries(found.map(({ name, n }) => [name, Number(n)]));
  } finally {
    await clickhouse.close();
  }
}

async function mails(): Promise<string[]> {
  const { mail } = await stack.status();
  const answer = await fetch(`${must(mail?.url, 'url of the mails')}/api/v1/messages`);
  const { messages } = (await answer.json()) as { messages: { Subject: string }[] };
  return messages.map((one) => one.Subject);
}

test(
  'without a login there is nothing to see; with it both DAGs run green by hand on a fresh stack',
  async () => {
    const closed = await fetch(`${airflow.url}/api/v2/dags`);
    expect(closed.status).toBe(401);
    const before = await rows();
    await login(page, { ...airflow, password: 'wrong' });
    await expect.poll(() => page.url()).toContain('login');
    await keep('1-refused');
    await login(page, airflow);
    await page.goto(`${airflow.url}/dags`);
    await page.getByText('customer_events_pipeline').first().waitFor();
    await keep('2-dags');
    for (const dag of DAGS) await triggerByHand(page, airflow, dag, () => keep(`3-trigger-${dag}`));
    for (const dag of DAGS) {
      await eventually(async () => expect(await runState(airflow, dag)).toBe('success'), {
        timeoutMs: RUN_TIMEOUT_MS,
        intervalMs: 5_000,
      });
      await page.goto(`${airflow.url}/dags/${dag}`);
      await page.getByText('success').first().waitFor();
      await keep(`4-green-${dag}`);
    }
    const after = await rows();
    writeFileSync(join(KEPT, 'rows.json'), JSON.stringify({ before, after }, null, 2));
    expect(before).toEqual({ 'bronze lines': 0, 'published builds': 0 });
    expect(after['bronze lines']).toBe(525_461);
    expect(after['published builds']).toBeGreaterThanOrEqual(2);
    const subjects = await mails();
    writeFileSync(join(KEPT, 'mails.json'), JSON.stringify(subjects, null, 2));
    expect(subjects).toContainEqual(expect.stringMatching(/customer_events_pipeline: published p\d{14}/));
    expect(subjects).toContainEqual(expect.stringMatching(/daily_sales_ingest: 525461 rows of 307 files/));
    await page.goto(must((await stack.status()).mail?.url, 'url of the mails'));
    await keep('5-mails');
  },
  RUN_TIMEOUT_MS * 2,
);
