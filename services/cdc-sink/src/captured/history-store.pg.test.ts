import { createPool } from '@ebb/postgres';
import { testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { HistoryStore } from './history-store.ts';
import { planChange } from './planner.ts';

test('reads what the database writes down, once, with the permissions of the sink', async () => {
  const database = await testPostgres();
  const pool = createPool({ url: database.roleUrl('ebb_sink'), applicationName: 'test' });
  try {
    const store = new HistoryStore(pool);
    const before = await store.load(0n, []);
    expect(before.rows.map(({ schema, table }) => `${schema}.${table}`)).toContain('crm.customers');
    const lastId = before.rows.at(-1)?.id ?? 0n;

    await database.pool.query('CREATE TABLE crm.things (id bigint PRIMARY KEY, v text)');
    await database.pool.query(`INSERT INTO crm.things VALUES (1, 'a')`);
    await database.pool.query(`ALTER TABLE crm.things ADD COLUMN n numeric(20,4) NOT NULL DEFAULT 1.5`);
    await database.pool.query(`ALTER TABLE crm.things RENAME COLUMN v TO w`);
    const { rows, epochs } = await store.load(lastId, []);
    expect(epochs).toEqual([]);
    expect(rows.map(({ kind, table }) => [kind, table])).toEqual([
      ['create', 'things'],
      ['alter', 'things'],
      ['alter', 'things'],
    ]);
    expect(rows.every(({ lsn }, index) => lsn > (rows[index - 1]?.lsn ?? 0n))).toBe(true);
    expect(rows[2]?.columns).toMatchObject([
      { name: 'id', typname: 'int8', keyPosition: 1 },
      { name: 'w', typname: 'text', keyPosition: null, notNull: false },
      { name: 'n', baseType: 'numeric(20,4)', missingValue: '1.5000', notNull: true },
    ]);
    const known = rows.slice(0, 2).map(({ id }) => id);
    expect((await store.load(lastId, known)).rows.map(({ id }) => id)).toEqual([rows[2]?.id]);

    await database.pool
      .query(`INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, reason, first_ddl_id)
      VALUES (1, 's', 'c', '1', 'test', ${lastId})`);
    expect((await store.load(lastId, [])).epochs).toEqual([
      { epoch: 1, firstDdlId: lastId, isSnapshotComplete: false },
    ]);
  } finally {
    await pool.end();
  }
});

test('every captured table of the project can be captured', async () => {
  const database = await testPostgres();
  const { rows } = await new HistoryStore(database.pool).load(0n, []);
  const captured = rows.filter(({ schema }) => schema === 'crm' || schema === 'sales');
  const plans = captured.map((row) => planChange(undefined, row, { epoch: 1, others: [] }));
  expect(plans.map(({ result, notes }) => (result === 'applied' ? 'applied' : notes))).toEqual(
    captured.map(() => 'applied'),
  );
  expect(captured.length).toBeGreaterThanOrEqual(8);
});
