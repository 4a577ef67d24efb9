import { createClickhouse } from '@ebb/clickhouse';
import { DAY_MS, must, utcDay } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { createKafka } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { eventually } from '@ebb/testing';
import { waitUntilProcessed } from '../../verify/backlog.ts';
import { countTables, isComplete } from '../../verify/table-counts.ts';
import { runningKafka, runningPostgres } from '../connection.ts';
import type { TestStack } from '../test-stack.ts';

const ARRIVE_TIMEOUT_MS = 900_000;

/** Runs `ebb ...` on the stack; raises with what it said. */
export async function ebb(stack: TestStack, ...args: string[]): Promise<void> {
  const { code, output } = await stack.run(args);
  if (code !== 0) throw new Error(`ebb ${args.join(' ')}: ${output}`);
}

/**
 * What `make demo` brings, with fewer customers of the shop, who have a longer past: a year of sales until yesterday, two
 * months of visits and orders until now, records of customers. Resolves when all of it stands in ClickHouse.
 */
export async function seedStack(stack: TestStack, shopFlags: readonly string[] = []): Promise<void> {
  const yesterday = utcDay(Date.now() - DAY_MS);
  await ebb(stack, 'replay', 'online-retail', ONLINE_RETAIL_YEAR_1.path, '--shift-to', yesterday);
  const shop = ['--speed', 'max', '--duration', '60d', '--rate', '0.03', '--customers', '2000'];
  await ebb(stack, 'simulate', 'shop', ...shop, ...shopFlags);
  await ebb(stack, 'simulate', 'crm', '--customers', '1500', '--history', '60d', '--duration', '0s');
  await untilArrived(stack);
}

async function untilArrived(stack: TestStack): Promise<void> {
  const pool = createPool({ url: (await runningPostgres(stack.home)).url, applicationName: 'ebb-test', max: 2 });
  const url = must((await stack.status()).clickhouse.url, 'url of ClickHouse');
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-test' });
  try {
    const kafka = createKafka({ brokers: [(await runningKafka(stack.home)).brokers], clientId: 'ebb-test' });
    await waitUntilProcessed(pool, kafka, { stuckMs: ARRIVE_TIMEOUT_MS });
    const patience = { timeoutMs: ARRIVE_TIMEOUT_MS, intervalMs: 2_000 };
    await eventually(async () => isComplete(await countTables(pool, clickhouse)), patience);
  } finally {
    await clickhouse.close();
    await pool.end();
  }
}
