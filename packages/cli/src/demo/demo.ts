import { once } from 'node:events';
import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import type { Environment } from '@ebb/config';
import { DAY_MS, EbbError, utcDay } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { createKafka } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import type { ChildCommands } from '../child-commands.ts';
import { runningClickhouse, runningKafka, withAdminPool } from '../stack/connection.ts';
import type { StackHome } from '../stack/home.ts';
import { waitUntilProcessed } from '../verify/backlog.ts';
import { formatComparisons, isEqual } from '../verify/format.ts';
import { compareKpis } from '../verify/verify.ts';
import { shopBackfill } from './backfill.ts';
import { showBatch } from './batch.ts';
import { showRisks } from './churn-risks.ts';
import { showValues } from './customer-values.ts';
import { compareWithFile, recountSchema } from './file-comparison.ts';
import { hopLines } from './hops.ts';
import { bridgeLines, readRevenue } from './revenue.ts';
import { showSegments } from './segments.ts';

export interface DemoOptions {
  home: StackHome;
  env: Environment;
  commands: ChildCommands;
  interrupted: AbortSignal;
  /** Ends after the comparison instead of running until Ctrl-C. */
  isOneShot: boolean;
  nowMs: number;
  print: (line: string) => void;
}

/** Without any progress; a slow machine may take as long as it needs. */
const STUCK_MS = 180_000;
const LIVE_EVENTS_PER_SECOND = 50;
/** Customers of the shop's events; its records hold those who are active at the start, and some more. */
const SHOP_CUSTOMERS = '60000';
const CRM_CUSTOMERS = '40000';
const CRM_CHANGES_PER_SECOND = '20';

/**
 * The whole story on one machine: a stack, a real year of sales up to yesterday, live shop traffic, and the proof that
 * the live numbers are right and that ClickHouse holds what Postgres holds; at the end who the customers are and who may
 * leave. Raises NOT_EQUAL when a number is wrong.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { commands, print } = options;
  await commands.run(['up']);
  const yesterday = utcDay(options.nowMs - DAY_MS);
  print(
    `\nReplaying ${ONLINE_RETAIL_YEAR_1.rows.toLocaleString('en')} lines of a real shop, shifted so that the last day is ${yesterday}`,
  );
  await commands.run(['replay', 'online-retail', ONLINE_RETAIL_YEAR_1.path, '--shift-to', yesterday]);
  const backfill = await withAdminPool(options.home, (pool) => shopBackfill(pool, Date.now()));
  print(`\nSimulating shop traffic: the last ${backfill}, then ${LIVE_EVENTS_PER_SECOND} events a second`);
  const rate = String(LIVE_EVENTS_PER_SECOND);
  const quiet = { EBB_LOG_LEVEL: 'warn' };
  const shop = ['--rate', rate, '--backfill', backfill, '--customers', SHOP_CUSTOMERS];
  const live = commands.start(['simulate', 'shop', ...shop], quiet);
  print(
    `Records of ${CRM_CUSTOMERS} of its customers, and of a bank's 20, change ${CRM_CHANGES_PER_SECOND} times a second`,
  );
  const crm = ['--rate', CRM_CHANGES_PER_SECOND, '--customers', CRM_CUSTOMERS, '--history', '7d'];
  commands.start(['simulate', 'crm', ...crm], quiet);
  commands.start(['simulate', 'bank'], quiet);
  await withAdminPool(options.home, async (pool) => {
    await report(options, pool, yesterday);
    await reportHops(options, pool);
  });
  await withClickhouse(options, (clickhouse) => showBatch({ ...options, clickhouse }));
  print('\nThe ledger, from what the collector acknowledged to ClickHouse, key by key:');
  await commands.run(['ledger', 'run', '--full']);
  await withClickhouse(options, async (clickhouse) => {
    await showSegments({ ...options, clickhouse });
    await showValues({ ...options, clickhouse });
    await showRisks({ ...options, clickhouse });
  });
  await commands.run(['status']);
  if (options.isOneShot || options.interrupted.aborted) return;
  print('\nLive traffic goes on; Ctrl-C ends the demo and stops everything.');
  await Promise.race([once(live, 'exit'), once(options.interrupted, 'abort')]);
  if (!options.interrupted.aborted) throw new EbbError('LIVE_ENDED', 'the live simulator ended; see "ebb logs"');
}

async function report(options: DemoOptions, pool: Pool, lastDay: string): Promise<void> {
  const { print, commands } = options;
  const { brokers } = await runningKafka(options.home);
  await waitUntilProcessed(pool, createKafka({ brokers: [brokers], clientId: 'ebb-demo' }), {
    stuckMs: STUCK_MS,
    onWaiting: (waiting) => print(`  ${waiting.toLocaleString('en')} messages wait to be counted`),
  });
  print('\nLive KPIs against the raw rows, in one snapshot while events stream in:');
  const comparisons = await compareKpis(pool);
  print(formatComparisons(comparisons));
  const recount = await commands.capture([
    'replay',
    'recount',
    ONLINE_RETAIL_YEAR_1.path,
    '--shift-to',
    lastDay,
    '--json',
  ]);
  const fileDays = recountSchema.parse(JSON.parse(recount)).days;
  const differing = await compareWithFile(pool, 'retail', fileDays);
  const verdict = differing.length === 0 ? 'equal to a recount of the file' : `DIFFERS on ${differing.join(', ')}`;
  print(`${'retail, by day'.padEnd(18)}${String(fileDays.length).padStart(9)} days   ${verdict}\n`);
  for (const revenue of await readRevenue(pool)) print(bridgeLines(revenue).join('\n'));
  print('');
  if (!isEqual(comparisons) || differing.length > 0) {
    throw new EbbError(
      'NOT_EQUAL',
      'a live KPI differs from what the raw rows say; this is a defect, please report it',
    );
  }
}

async function reportHops(options: DemoOptions, pool: Pool): Promise<void> {
  const { brokers } = await runningKafka(options.home);
  const kafka = createKafka({ brokers: [brokers], clientId: 'ebb-demo' });
  await withClickhouse(options, async (clickhouse) => {
    options.print('From hop to hop, while events stream in:');
    options.print((await hopLines({ pool, kafka, clickhouse })).join('\n'));
  });
}

async function withClickhouse({ home }: DemoOptions, work: (clickhouse: Clickhouse) => Promise<void>): Promise<void> {
  const { url } = await runningClickhouse(home);
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-demo' });
  try {
    await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}
