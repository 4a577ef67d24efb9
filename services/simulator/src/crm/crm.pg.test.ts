import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { withTransaction } from '@ebb/postgres';
import { eventually, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tablesAfter, tablesInDatabase } from '../testing/crm-tables.ts';
import { outcome, runSimulatorProcess, startSimulator } from '../testing/simulator-process.ts';
import { CrmClock } from './crm-clock.ts';
import { CrmStore } from './crm-store.ts';
import { CrmWorld } from './crm-world.ts';
import { CRM_TABLES, type CrmChange } from './rows.ts';

const directory = mkdtempSync(join(tmpdir(), 'ebb-crm-'));
let database: TestPostgres;
let env: Record<string, string>;

beforeAll(async () => {
  database = await testPostgres();
  env = { EBB_POSTGRES_URL: database.roleUrl('ebb_simulator'), EBB_HOME: directory, EBB_LOG_LEVEL: 'warn' };
});
afterAll(() => rmSync(directory, { recursive: true }));

const START_MS = Date.UTC(2026, 9, 1, 12);
const START = ['--start', new Date(START_MS).toISOString()];

function changesIn(path: string): CrmChange[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CrmChange);
}

/** What a world's first changes are, without a database. */
async function changesOf(args: readonly string[]): Promise<CrmChange[]> {
  const path = join(directory, 'changes.ndjson');
  const done = await runSimulatorProcess(['simulate', 'crm', ...args, '--out', path], env);
  expect(done.errors).toBe('');
  return changesIn(path);
}

async function countRows(source: string): Promise<number> {
  const tables = await tablesInDatabase(database.pool, source);
  return Object.values(tables).reduce((sum, rows) => sum + Object.keys(rows).length, 0);
}

describe('simulate crm', () => {
  test('leaves in the tables exactly what its changes say, however they are put together', async () => {
    const world = ['--customers', '300', '--history', '200d', '--seed', 'exact', '--count', '16000', ...START];
    for (const [source, batch] of [
      ['exact_1', '1'],
      ['exact_2', '700'],
    ] as const) {
      const args = [...world, '--source', source, '--batch', batch];
      const done = await runSimulatorProcess(['simulate', 'crm', ...args, '--json'], env);
      expect([done.code, done.errors]).toEqual([0, '']);
      expect((JSON.parse(done.output) as { rows: number }).rows).toBeGreaterThanOrEqual(16_000);
      const written = await tablesInDatabase(database.pool, source);
      expect(written).toEqual(tablesAfter(await changesOf(args)));
      expect(Object.keys(written['transactions'] ?? {}).length).toBeGreaterThan(500);
    }
  }, 120_000);

  test('a bank writes only what its vocabulary allows, in the currency of the country', async () => {
    const args = ['--kind', 'bank', '--customers', '200', '--history', '200d', '--duration', '0s', ...START];
    expect((await runSimulatorProcess(['simulate', 'crm', ...args], env)).code).toBe(0);
    const { rows } = await database.pool.query<{
      issues: number;
      geographies: number;
      currencies: number;
      open: number;
    }>(
      `SELECT (SELECT count(DISTINCT issue_type)::int FROM crm.support_tickets WHERE source = 'bank_sim') AS issues,
        (SELECT count(DISTINCT geography)::int FROM crm.customers WHERE source = 'bank_sim') AS geographies,
        (SELECT count(DISTINCT currency)::int FROM crm.transactions WHERE source = 'bank_sim') AS currencies,
        (SELECT count(*)::int FROM crm.offers WHERE source = 'bank_sim' AND accepted IS NULL) AS open`,
    );
    expect(rows[0]).toMatchObject({ geographies: 6, currencies: 6 });
    // The rarest of the 17 need not occur among so few customers; that no other does is checked below.
    expect(rows[0]?.issues).toBeGreaterThan(12);
    expect(rows[0]?.open).toBeGreaterThan(0);
    // The checks of the bank's words apply to the fixture's source: moved there, every row must pass them.
    const moved = withTransaction(database.pool, async (client) => {
      await client.query('SET CONSTRAINTS ALL DEFERRED');
      for (const table of Object.keys(CRM_TABLES)) {
        await client.query(`UPDATE crm.${table} SET source = 'bank' WHERE source = 'bank_sim'`);
      }
      throw new Error('passed');
    });
    await expect(moved).rejects.toThrow('passed');
  }, 60_000);

  test('killed at any moment goes on where it was: no row twice, none missing', async () => {
    const args = ['simulate', 'crm', '--source', 'killed', '--customers', '200', '--history', '100d', '--rate', '5000'];
    const world = ['--seed', 'killed', ...START];
    for (const rows of [300, 6_000, 12_000]) {
      const child = startSimulator([...args, ...world], env);
      const end = outcome(child);
      await eventually(async () => expect(await countRows('killed')).toBeGreaterThan(rows), { timeoutMs: 120_000 });
      child.kill('SIGKILL');
      await end;
    }
    const { rows } = await database.pool.query<{ next_step: string }>(
      "SELECT next_step FROM ops.simulator_progress WHERE name = 'crm/killed'",
    );
    const steps = Number(rows[0]?.next_step);
    const plan = { seed: 'killed', kind: 'shop', customers: 200, historyDays: 100, startMs: START_MS } as const;
    const neverKilled = new CrmWorld(plan, new CrmClock({ ...plan, rate: 5_000 }));
    const changes = Array.from({ length: steps }, () => neverKilled.next()).flatMap((step) => step.changes);
    expect(await tablesInDatabase(database.pool, 'killed')).toEqual(tablesAfter(changes));
  }, 400_000);

  test('refuses to go on as another world, and begins anew when told to', async () => {
    const args = ['simulate', 'crm', '--source', 'other', '--customers', '20', '--history', '1d', '--duration', '0s'];
    expect((await runSimulatorProcess([...args, ...START], env)).code).toBe(0);
    const before = await countRows('other');
    const refused = await runSimulatorProcess([...args, '--seed', '7', ...START], env);
    expect(refused.code).not.toBe(0);
    expect(refused.errors).toMatch(/seed 42 \(asked for 7\).*--restart/);
    expect((await runSimulatorProcess([...args, '--seed', '7', '--restart', ...START], env)).code).toBe(0);
    expect(await countRows('other')).not.toBe(before);
    const reserved = await runSimulatorProcess(['simulate', 'crm', '--source', 'bank'], env);
    expect(reserved.code).toBe(2);
    expect(reserved.errors).toMatch(/fixture of 20 customers/);
  });

  test('a second writer of the same world is told apart from a repeated batch', async () => {
    const store = new CrmStore(database.pool, { source: 'twice', name: 'crm/twice' });
    await store.begin('{}');
    const batch = { changes: [], fromStep: 0, toStep: 5, plan: '{}' };
    await store.write(batch);
    await expect(store.write(batch)).resolves.toBeUndefined();
    await expect(store.write({ ...batch, toStep: 9 })).rejects.toThrow(/crm\/twice stands at step 5, not 0/);
  });

  test('writes the truth beside: one row per customer there ever was', async () => {
    const truth = join(directory, 'truth.parquet');
    const args = ['--source', 'truth', '--customers', '150', '--history', '300d', '--duration', '0s', '--truth', truth];
    expect((await runSimulatorProcess(['simulate', 'crm', ...args, ...START], env)).code).toBe(0);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(truth) });
    const closed = rows.filter((row) => row['closed_at'] !== null && row['is_erased'] === false);
    const { rows: found } = await database.pool.query<{ id: string }>(
      "SELECT customer_id AS id FROM crm.customers WHERE source = 'truth' AND churned_at IS NOT NULL",
    );
    const ids = (list: readonly unknown[]): string[] => list.map(String).toSorted((a, b) => a.localeCompare(b));
    expect(ids(closed.map((row) => row['customer_id']))).toEqual(ids(found.map((row) => row.id)));
    expect(closed.length).toBeGreaterThan(5);
  });
});
