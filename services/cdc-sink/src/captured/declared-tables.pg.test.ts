import { must } from '@ebb/core';
import { testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { statementsOf } from './ddl.ts';
import { HistoryStore } from './history-store.ts';
import { planChange } from './planner.ts';

const HEADER = `-- Every captured table and its views, as the sink makes them of the project's own schema: for tests and proofs that need
-- rows in the warehouse without Postgres and Kafka. Written by declared-tables.pg.test.ts, which fails where it is behind
-- (vitest run --project pg declared-tables -u writes it anew). Only the numbers of the tables (oid) are made up.
`;

test('the tables that proofs of the dbt models use are those the sink makes', async () => {
  const database = await testPostgres();
  const { rows } = await new HistoryStore(database.pool).load(0n, []);
  const captured = rows
    .filter(({ schema }) => schema === 'crm' || schema === 'sales')
    .toSorted((a, b) => (`${a.schema}.${a.table}` < `${b.schema}.${b.table}` ? -1 : 1));
  const statements = captured.flatMap((row, index) => {
    const plan = planChange(undefined, { ...row, oid: index + 1 }, { epoch: 1, others: [] });
    return plan.actions.flatMap((action) => statementsOf(action));
  });
  expect(captured.length).toBeGreaterThanOrEqual(8);
  expect(must(statements[0], 'there are tables')).toContain('raw.crm_customers');
  const text = `${HEADER}\n${statements.join(';\n\n')};\n`;
  await expect(text).toMatchFileSnapshot('../../../../dbt/fixtures/captured_tables.sql');
});
