import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import { eventually } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareTable } from '../capture-check/compare-table.ts';
import { outcome, printed, TestStack } from '../stack/test-stack.ts';
import { makeOlderStack, OLD_ROWS } from './testing/older-stack.ts';

/**
 * A stack of the version before, with data, comes up with this one. It is backed up while records change and events wait in the broker, and goes on. The backup then
 * becomes a stack of its own beside it, which ends what was under way, begins a new epoch and goes on streaming.
 */
const PATIENCE = { timeoutMs: 240_000, intervalMs: 500 };
const TABLES = ['customers', 'transactions', 'support_tickets', 'offers', 'usage_logs'];
const CAPTURED = [...TABLES.map((table) => ['crm', table] as const), ['sales', 'orders'] as const];
const CRM = ['simulate', 'crm', '--customers', '300', '--history', '20d'];

let folder: string;
let first: TestStack;
let second: TestStack;

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'ebb-backup-e2e-')), 'copy');
  first = new TestStack();
  second = new TestStack();
  await makeOlderStack(first.home);
  await succeed(first, ['up']);
}, 300_000);

afterAll(async () => {
  await Promise.all([first.dispose(), second.dispose()]);
  rmSync(join(folder, '..'), { recursive: true, force: true });
}, 120_000);

async function succeed(stack: TestStack, args: readonly string[]): Promise<string> {
  const { code, output } = await stack.run(args);
  if (code !== 0) throw new Error(`ebb ${args.join(' ')} ended with ${String(code)}: ${output}`);
  return output;
}

async function withPool<T>(stack: TestStack, work: (pool: Pool) => Promise<T>): Promise<T> {
  const { postgres } = await stack.status();
  const pool = createPool({ url: must(postgres.url, 'an address'), applicationName: 'ebb-test', max: 2 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function valueOf<T>(stack: TestStack, sql: string): Promise<T | undefined> {
  return withPool(stack, async (pool) => (await pool.query<{ value: T }>(`SELECT (${sql}) AS value`)).rows[0]?.value);
}

/** Everything in which the warehouse differs from the database. */
async function differences(stack: TestStack): Promise<string[]> {
  const clickhouse = createClickhouse({
    url: must((await stack.status()).clickhouse.url, 'an address'),
    applicationName: 'ebb-test',
  });
  try {
    return await withPool(stack, async (pool) => {
      const found: string[] = [];
      for (const [schema, table] of CAPTURED) {
        const result = await compareTable(pool, clickhouse, { schema, table });
        found.push(...result.differences.map((text) => `${result.table} ${text}`));
        if (result.rows === 0) found.push(`${result.table} is empty`);
      }
      const stored = await pool.query<{ n: string }>(
        "SELECT count(*) AS n FROM stream.web_events WHERE source = 'shop'",
      );
      const events = await clickhouse.query<{ n: string }>('SELECT toString(count()) AS n FROM raw.web_events_current');
      if (events[0]?.n !== stored.rows[0]?.n) found.push(`web events ${events[0]?.n} of ${stored.rows[0]?.n}`);
      return found;
    });
  } finally {
    await clickhouse.close();
  }
}

const CRM_ROWS = TABLES.map((table) => `(SELECT count(*) FROM crm.${table} WHERE source = 'shop')`).join(' + ');
const WEB_EVENTS = 'SELECT count(*)::int FROM stream.web_events';

test('a stack of the version before keeps its data, and its orders reach the warehouse', async () => {
  expect(await valueOf(first, "SELECT total_orders::int FROM kpi.order_day WHERE source = 'old'")).toBe(OLD_ROWS);
  await succeed(first, ['verify']);
  const clickhouse = createClickhouse({
    url: must((await first.status()).clickhouse.url, 'an address'),
    applicationName: 'ebb-test',
  });
  const sql =
    "SELECT toString(count()) AS n FROM raw.sales_orders_current WHERE source = 'old' AND total_amount = '99999999999999.9999'";
  await eventually(async () => expect(await clickhouse.query(sql)).toEqual([{ n: String(OLD_ROWS) }]), PATIENCE);
  await clickhouse.close();
}, 200_000);

test('a running stack is backed up, pauses, and goes on', async () => {
  await succeed(first, [...CRM, '--duration', '0s']);
  await succeed(first, ['simulate', 'shop', '--count', '3000', '--speed', 'max', '--customers', '500']);
  await eventually(async () => expect(await differences(first)).toEqual([]), PATIENCE);
  // Changes go on through the pause: the simulator waits for the database and goes on where it was.
  const writer = first.start([...CRM, '--rate', '100', '--count', '3000']);
  const written = outcome(writer);
  const backup = first.start(['backup', folder]);
  const backedUp = outcome(backup);
  await printed(backup, 'the stack pauses');
  const { code, output } = await backedUp;
  expect(output).toMatch(/it paused for \d+\.\d s/);
  expect(code).toBe(0);
  expect((await written).code).toBe(0);
  expect(Object.values(await first.status()).every(({ state }) => state === 'ready')).toBe(true);
  await eventually(async () => expect(await differences(first)).toEqual([]), PATIENCE);
}, 600_000);

test('a restore into a stack with data is refused', async () => {
  const refused = await first.run(['restore', folder]);
  expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('runs') as string]);
});

test('the backup becomes a stack of its own, with all its data, in a new epoch, and goes on streaming', async () => {
  await succeed(second, ['restore', folder]);
  expect(await succeed(second, ['up'])).toContain('a new epoch of change capture begins');
  const epochs = "SELECT string_agg(reason, ',' ORDER BY epoch) FROM ops.cdc_epochs";
  await eventually(async () => expect(await valueOf(second, epochs)).toBe('first start,asked for'), PATIENCE);
  await eventually(async () => expect(await differences(second)).toEqual([]), PATIENCE);
  expect(await valueOf(second, WEB_EVENTS)).toBe(await valueOf(first, WEB_EVENTS));

  // The record simulator goes on from the moment of the backup, to the very rows the first stack has.
  const behind = await valueOf<string>(second, CRM_ROWS);
  expect(Number(behind)).toBeGreaterThan(300);
  await succeed(second, [...CRM, '--rate', '500', '--count', '1000']);
  await succeed(second, ['simulate', 'shop', '--count', '500', '--speed', 'max', '--customers', '500', '--seed', '7']);
  await eventually(async () => expect(await differences(second)).toEqual([]), PATIENCE);
  await succeed(second, ['verify']);
  expect(await succeed(second, ['ledger', 'run', '--full'])).toContain('the ledger is green');
  expect(await valueOf<number>(second, WEB_EVENTS)).toBeGreaterThan((await valueOf<number>(first, WEB_EVENTS)) ?? 0);

  // And the stack beside, whose address the restored connector's settings named, was left alone.
  expect(await valueOf(first, epochs)).toBe('first start');
  expect(await differences(first)).toEqual([]);
}, 600_000);
