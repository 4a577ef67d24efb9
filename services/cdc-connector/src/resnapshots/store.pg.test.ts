import { withTransaction } from '@ebb/postgres';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeEach, expect, test } from 'vitest';
import { completeResnapshot, readNext, type Reading, type ResnapshotOutcome, signalResnapshot } from './store.ts';

const EPOCH = 1;
let database: TestPostgres;

beforeEach(async () => {
  database = await testPostgres();
  await database.pool.query(
    `INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, reason, first_ddl_id)
     VALUES ($1, 's', 'c', '1', 'test', 1)`,
    [EPOCH],
  );
});

/** Asks for the table, signals it, and says what came of it; the request then, and whether a signal stands. */
async function played(outcome: ResnapshotOutcome, condition: string | null): Promise<unknown> {
  const { pool } = database;
  const made = await pool.query<{ id: bigint }>(
    `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, condition, reason)
     VALUES ('crm', 'customers', $1, 'rows were rewritten') RETURNING id`,
    [condition],
  );
  const id = BigInt(made.rows[0]?.id ?? 0);
  await signalResnapshot(pool, { id, table: 'crm.customers', condition });
  await completeResnapshot(pool, { id, epoch: EPOCH, outcome, rows: 7n });
  const { rows } = await pool.query<{ is_open: boolean; is_signalled: boolean; outcome: string | null }>(
    `SELECT completed_at IS NULL AS is_open, signalled_at IS NOT NULL AS is_signalled, outcome
     FROM ops.cdc_resnapshots WHERE id = $1`,
    [id],
  );
  const signals = await pool.query('SELECT FROM ops.cdc_signals');
  return { ...rows[0], signals: signals.rowCount };
}

test.each(['aborted', 'table_gone'] as const)(
  'a whole table that was not read (%s) is asked for again',
  async (outcome) => {
    expect(await played(outcome, null)).toEqual({ is_open: true, is_signalled: false, outcome: null, signals: 0 });
  },
);

test('a part that could not be read is not: its condition may be the reason', async () => {
  const closed = { is_open: false, is_signalled: true, outcome: 'aborted', signals: 0 };
  expect(await played('aborted', 'customer_id = 1')).toEqual(closed);
});

test.each(['completed', 'empty', 'no_primary_key'] as const)('%s is the end of it', async (outcome) => {
  expect(await played(outcome, null)).toEqual({ is_open: false, is_signalled: true, outcome, signals: 0 });
});

test('tables without rows are done, the first with rows is signalled, and others wait', async () => {
  const { pool } = database;
  await pool.query(`INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
    VALUES ('test', '1', 'A', 'B', 'Qatar', '2026-01-02')`);
  const tables = ['crm.offers', 'crm."odd', 'crm.customers', 'crm.usage_logs'];
  const readings: Reading[] = [];
  for (const table of tables) {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason) VALUES ('crm', $1, 'epoch 1') RETURNING id`,
      [table.slice('crm.'.length)],
    );
    readings.push({ id: BigInt(rows[0]?.id ?? 0), table, condition: null });
  }
  const states = async (): Promise<unknown[]> => {
    const { rows } = await pool.query<{ state: string }>(
      `SELECT coalesce(outcome, CASE WHEN signalled_at IS NULL THEN 'waits' ELSE 'signalled' END) AS state
       FROM ops.cdc_resnapshots ORDER BY id`,
    );
    return rows.map(({ state }) => state);
  };
  // One that cannot be looked at is the connector's to judge.
  await readNext(pool, readings);
  expect(await states()).toEqual(['empty', 'signalled', 'waits', 'empty']);
  await readNext(pool, readings.slice(2));
  expect(await states()).toEqual(['empty', 'signalled', 'signalled', 'empty']);
});

test('a table that somebody holds is not waited for', async () => {
  const { pool } = database;
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason) VALUES ('crm', 'offers', 'epoch 1') RETURNING id`,
  );
  const id = BigInt(rows[0]?.id ?? 0);
  await withTransaction(pool, async (client) => {
    await client.query('LOCK crm.offers IN ACCESS EXCLUSIVE MODE');
    await readNext(pool, [{ id, table: 'crm.offers', condition: null }]);
  });
  const signals = await pool.query('SELECT FROM ops.cdc_signals');
  expect(signals.rowCount).toBe(1);
});
