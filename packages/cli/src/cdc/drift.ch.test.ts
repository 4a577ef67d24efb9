import { testClickhouse } from '@ebb/testing';
import { expect, test } from 'vitest';
import { formatDrift, readDrift } from './drift.ts';

test('names every change of a schema, what became of it, and the tables that stand still', async () => {
  const { clickhouse } = await testClickhouse();
  expect(formatDrift(await readDrift(clickhouse, {}))).toBe('no schema has changed');
  await clickhouse.command(`INSERT INTO ops.ddl_applied VALUES
    (1, 1, 100, 'crm', 'customers', 'initial', 'initial', '', 'noop', ['nothing to change in ClickHouse'], 1.5),
    (2, 1, 100, 'crm', 'customers', 'alter', 'trigger', 'ALTER TABLE: ALTER TABLE crm.customers
      ADD COLUMN score integer DEFAULT 42', 'applied', ['column score Int32 added; earlier rows read 42'], 2.5),
    (3, 1, 101, 'crm', 'bits', 'create', 'drift', '', 'stopped', ['such arrays do not arrive'], 3.5)`);
  await clickhouse.command(`INSERT INTO ops.captured_tables (table_oid, schema_name, table_name, status, reason, ddl_id)
    VALUES (101, 'crm', 'bits', 'stopped', 'such arrays do not arrive', 3)`);
  const drift = await readDrift(clickhouse, {});
  expect(formatDrift(drift).split('\n')).toEqual([
    '1970-01-01 00:00:02.500  #2  crm.customers  alter  applied',
    '    ALTER TABLE: ALTER TABLE crm.customers ADD COLUMN score integer DEFAULT 42',
    '    → column score Int32 added; earlier rows read 42',
    '1970-01-01 00:00:03.500  #3  crm.bits  create (found by comparing)  stopped',
    '    → such arrays do not arrive',
    'STOPPED  crm.bits: such arrays do not arrive',
  ]);
  expect((await readDrift(clickhouse, { all: true })).changes).toHaveLength(3);
  expect((await readDrift(clickhouse, { table: 'crm.bits' })).changes.map(({ id }) => id)).toEqual(['3']);
});
