import { eventually, testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { schemaScript } from './testing/schema-changes.ts';
import { SteadyWriter } from './testing/steady-writer.ts';

test('writing goes on through every schema change', async () => {
  const { url, pool } = await testPostgres();
  const { create, tables, changes } = schemaScript('steady');
  for (const statement of create) await pool.query(statement);
  const writer = new SteadyWriter(url, tables, 'steady');
  for (const { table, statements, what } of changes) {
    for (const statement of statements) await pool.query(statement);
    if (what === 'table created') writer.add(table);
    const before = writer.committed(table);
    await eventually(() => writer.committed(table) > before + 1);
  }
  await writer.stop();
  expect(changes.filter(({ outcome }) => outcome === 'applied').length).toBeGreaterThanOrEqual(11);
  expect(changes.length).toBeGreaterThanOrEqual(12);
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::integer AS n FROM crm.steady_main');
  expect(rows[0]?.n).toBeGreaterThan(5);
});
