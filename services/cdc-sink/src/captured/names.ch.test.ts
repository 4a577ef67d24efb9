import { testClickhouse } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { OTHERS } from './names.ts';
import { column } from './testing/column.ts';
import { Harness } from './testing/harness.ts';
import { TableScript } from './testing/table-script.ts';

const key = column(1, 'id integer', { keyPosition: 1 });
let harness: Harness;

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  await harness.tables.open();
});

function made(name: string, schema = 'crm'): TableScript {
  const table = new TableScript(harness, name);
  table.ddl([key], { kind: 'create', schema });
  return table;
}

const stopped = (): string[] => harness.tables.stoppedTables().map(({ table, reason }) => `${table}: ${reason}`);
const refusal = (name: string): string =>
  `raw.${name}, which would be a view of this table, is there for something else: rename this table, and it is captured from then on`;

test('what the sink leaves alone is all that the migrations make', async () => {
  const sql = `SELECT name FROM system.tables WHERE database = 'raw' ORDER BY name`;
  const found = await harness.clickhouse.query<{ name: string }>(sql);
  expect(found.map(({ name }) => name)).toEqual(OTHERS.toSorted());
});

test.each(['current', 'history'])('a table whose view …_%s would replace another table is refused', async (suffix) => {
  const [base, taken] = [`of_${suffix}`, `of_${suffix}_${suffix}`];
  const kept = made(taken);
  kept.insert({ id: 1 }, { id: 2 });
  await kept.deliver();
  const refused = made(base);
  refused.insert({ id: 3 });
  const before = refused.log;
  await refused.deliver();
  expect(await kept.shown()).toEqual([{ id: '1' }, { id: '2' }]);
  expect(stopped()).toEqual([`crm.${base}: ${refusal(`crm_${taken}`)}`]);
  refused.ddl([key], { kind: 'rename', table: `found_${suffix}` });
  refused.insert({ id: 4 });
  await harness.deliver(before);
  await refused.deliver();
  expect(stopped()).toEqual([]);
  expect(await refused.shown()).toEqual([{ id: '3' }, { id: '4' }]);
});

test('a table that is renamed onto the views of another one stops, and is shown under its old name', async () => {
  const [kept, renamed] = [made('a_b'), made('b')];
  kept.insert({ id: 1 });
  renamed.insert({ id: 2 });
  await kept.deliver();
  await renamed.deliver();
  renamed.ddl([key], { kind: 'rename', schema: 'crm_a', table: 'b' });
  await harness.tables.refreshSchemas();
  expect(stopped()).toEqual([`crm_a.b: ${refusal('crm_a_b_current')}`]);
  expect(await kept.shown()).toEqual([{ id: '1' }]);
  expect(await harness.current('crm_b', 'id')).toMatchObject([{ id: '2' }]);
});

test('the views of web events stay theirs', async () => {
  made('events', 'web');
  await harness.tables.refreshSchemas();
  expect(stopped()).toContain(`web.events: ${refusal('web_events_current')}`);
});

test('both are captured where the table comes before the one of its view', async () => {
  const [base, late] = [made('orders'), made('orders_history')];
  base.insert({ id: 1 });
  late.insert({ id: 2 });
  await base.deliver();
  await late.deliver();
  expect(await base.shown()).toEqual([{ id: '1' }]);
  expect(await late.shown()).toEqual([{ id: '2' }]);
});
