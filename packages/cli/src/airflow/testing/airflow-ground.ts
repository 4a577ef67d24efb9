import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { DBT_PROJECT } from '@ebb/local-stack';
import { createPool, type Pool } from '@ebb/postgres';
import { launchBrowser } from '@ebb/testing';
import type { Page } from 'playwright-core';
import { runningPostgres } from '../../stack/connection.ts';
import { TestStack } from '../../stack/test-stack.ts';
import { ebb, seedStack } from '../../stack/testing/seed-stack.ts';
import { AirflowApi, type AirflowLogin } from './airflow-pages.ts';

/** A new stack with Airflow, which nothing was built or published on yet, and a browser. */
export interface AirflowGround {
  readonly stack: TestStack;
  readonly airflow: AirflowLogin;
  readonly api: AirflowApi;
  readonly page: Page;
  readonly clickhouse: Clickhouse;
  readonly pool: Pool;
  /** Of the page that shows the mails. */
  readonly mailUrl: string;
  /** A copy of the dbt project, to break a model in. */
  readonly project: string;
  readonly dispose: () => Promise<void>;
}

/** Wide enough for Airflow to show its buttons with their words. */
export const WINDOW = { width: 1280, height: 800 };

/** Messages that are refused: enough of each kind to be an alert. */
const SHOP_FLAGS = ['--malformed', '0.1'];

/** Events of a year and the retailer's daily files are there; to send, load and build them is left to the DAGs. */
export async function airflowGround(): Promise<AirflowGround> {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-airflow-browser-'));
  const project = join(folder, 'dbt');
  cpSync(DBT_PROJECT, project, { recursive: true, filter: (path) => !/\/(target|logs|__pycache__)$/.test(path) });
  const days = join(folder, 'days');
  const stack = new TestStack({
    EBB_DAILY_FILES_DIR: days,
    EBB_DBT_PROJECT: project,
    EBB_AIRFLOW_RETRY_DELAY_SECONDS: '5',
  });
  await ebb(stack, 'datasets', 'retail-daily', days);
  await ebb(stack, 'up', '--with', 'airflow');
  await seedStack(stack, SHOP_FLAGS);
  const connections = await connect(stack);
  const dispose = async (): Promise<void> => {
    await connections.pool.end();
    await connections.clickhouse.close();
    await stack.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return { stack, project, ...connections, dispose };
}

async function connect(stack: TestStack): Promise<Omit<AirflowGround, 'stack' | 'project' | 'dispose'>> {
  const report = await stack.status();
  const { url, login, password } = must(report.airflow, 'the stack runs with Airflow');
  const airflow = { url: must(url, 'url'), login: must(login, 'login'), password: must(password, 'password') };
  const browser = await launchBrowser({ viewport: WINDOW });
  const page = await browser.newPage();
  // A page of Airflow loads some hundred files, and a click waits for a server that may be busy with a run.
  page.setDefaultTimeout(300_000);
  return {
    airflow,
    api: new AirflowApi(airflow),
    page,
    clickhouse: createClickhouse({ url: must(report.clickhouse.url, 'url'), applicationName: 'ebb-test' }),
    pool: createPool({ url: (await runningPostgres(stack.home)).url, applicationName: 'ebb-test', max: 2 }),
    mailUrl: must(report.mail?.url, 'url of the mails'),
  };
}
