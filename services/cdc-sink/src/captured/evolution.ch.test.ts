import { testClickhouse } from '@ebb/testing';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { statementsOf } from './ddl.ts';
import type { HistoryColumn } from './history-row.ts';
import { planChange } from './planner.ts';
import { column } from './testing/column.ts';
import { Harness } from './testing/harness.ts';
import { TableScript } from './testing/table-script.ts';

let harness: Harness;
const key = column(1, 'id integer', { keyPosition: 1 });

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  await harness.tables.open();
});

afterEach(() => {
  const letters = harness.deadLetters.splice(0).map(({ code, message }) => `${code}: ${message}`);
  if (letters.length > 0) throw new Error(`unexpected dead letters: ${letters.join('; ')}`);
});

async function report(table: TableScript): Promise<string[]> {
  const rows = await harness.clickhouse.query<{ notes: string[] }>(
    'SELECT notes FROM ops.ddl_applied FINAL WHERE table_oid = {oid:UInt32} ORDER BY ddl_id',
    { oid: table.oid },
  );
  return rows.flatMap(({ notes }) => notes).slice(1);
}

describe('a column is added', () => {
  const added: [string, HistoryColumn, unknown][] = [
    ['integer', column(3, 'x integer', { default: 'constant', missingValue: '42' }), 42],
    ['boolean', column(3, 'x boolean', { default: 'constant', missingValue: 't', notNull: true }), true],
    [
      'numeric(20,4)',
      column(3, 'x numeric(20,4)', { default: 'constant', missingValue: '99999999999999.9999' }),
      '99999999999999.9999',
    ],
    ['text', column(3, 'x text', { default: 'constant', missingValue: `it's \\ "so"` }), `it's \\ "so"`],
    [
      'timestamptz',
      column(3, 'x timestamp with time zone', { missingValue: '2026-01-02 03:04:05.678901+00' }),
      '2026-01-02 03:04:05.678901',
    ],
    ['date', column(3, 'x date', { missingValue: '1955-11-05' }), '1955-11-05'],
    [
      'uuid',
      column(3, 'x uuid', { missingValue: '00000000-0000-0000-0000-0000000000ff' }),
      '00000000-0000-0000-0000-0000000000ff',
    ],
    ['double', column(3, 'x double precision', { missingValue: '-Infinity' }), '-inf'],
    ['bytea', column(3, 'x bytea', { missingValue: String.raw`\xdead` }), 'dead'],
    ['array', column(3, 'x text[]', { missingValue: '{a,NULL,"b,c"}' }), ['a', null, 'b,c']],
    ['no default', column(3, 'x integer'), null],
    ['volatile', column(3, 'x integer', { default: 'volatile', notNull: true }), null],
  ];
  test.each(added)('%s: earlier rows read as in Postgres', async (name, further, expected) => {
    const table = new TableScript(harness, `add_${name.replaceAll(/\W/g, '_')}`);
    const columns = [key, column(2, 'v text')];
    table.ddl(columns);
    table.insert({ id: 1, v: 'stored before' });
    await table.deliver();
    table.insert({ id: 2, v: 'on its way' });
    table.ddl([...columns, further]);
    if (!further.notNull) table.insert({ id: 3, v: 'new', x: null });
    await table.deliver();
    const rows = await table.shown();
    expect(rows.slice(0, 2).map(({ x }) => x)).toEqual([expected, expected]);
    const latest = rows.slice(2).map(({ x }) => x);
    expect(latest).toEqual(further.notNull ? [] : [name === 'array' ? [] : null]);
    expect(rows.map(({ x__is_null }) => x__is_null)).toEqual(
      name === 'array' ? [false, false, true] : rows.map(() => undefined),
    );
    expect((await report(table))[0]).toMatch(/^column x .* added; earlier rows read /);
  });

  test('with a volatile default it is NULL until the table has been read again', async () => {
    const table = new TableScript(harness, 'volatile');
    table.ddl([key]);
    table.insert({ id: 1 });
    table.ddl([key, column(2, 'x bigint', { default: 'volatile', notNull: true })], { rewrites: true });
    await table.deliver();
    expect(await table.shown()).toEqual([{ id: '1', x: null }]);
    table.resnapshot({ id: 1, x: 9_007_199_254_740_993n });
    await table.deliver();
    expect(await table.shown()).toEqual([{ id: '1', x: '9007199254740993' }]);
  });
});

describe('a type changes', () => {
  const changes: [string, string, unknown, unknown][] = [
    ['smallint', 'integer', 7, 7],
    ['smallint', 'bigint', 7, '7'],
    ['integer', 'bigint', 2_147_483_647, '2147483647'],
    ['real', 'double precision', 1.1, 1.100000023841858],
    ['numeric(10,2)', 'numeric(14,4)', '99999999.99', '99999999.99'],
    ['numeric(10,2)', 'numeric', '1.50', '1.50'],
    ['numeric(70,2)', 'numeric(90,2)', '1.50', '1.50'],
    ['character varying(10)', 'text', 'abc', 'abc'],
    ['integer', 'text', 12, '12'],
    ['integer[]', 'bigint[]', [1, null], ['1', null]],
    [
      'timestamp(0) without time zone',
      'timestamp without time zone',
      '2026-01-02T03:04:05Z',
      '2026-01-02 03:04:05.000000',
    ],
  ];
  test.each(changes)('from %s to %s: values stored and on their way stay', async (from, to, wire, expected) => {
    const table = new TableScript(harness, `type_${from}_${to}`.replaceAll(/\W+/g, '_'));
    const typname = from.startsWith('timestamp') ? { typname: 'timestamp' } : {};
    table.ddl([key, column(2, `x ${from}`, typname)]);
    table.insert({ id: 1, x: wire }, { id: 2, x: null });
    await table.deliver();
    table.insert({ id: 3, x: wire });
    table.ddl([key, column(2, `x ${to}`, typname)]);
    await table.deliver();
    const rows = await table.shown();
    expect(rows.map(({ x, x__is_null }) => (x__is_null === true ? null : x))).toEqual([expected, null, expected]);
  });

  test('into one that cannot be converted: NULL until the table has been read again, the old values kept', async () => {
    const table = new TableScript(harness, 'text_to_integer');
    table.ddl([key, column(2, 'x text')]);
    table.insert({ id: 1, x: '5' }, { id: 2, x: '6' });
    table.ddl([key, column(2, 'x integer')], { rewrites: true });
    table.update({ id: 2, x: 6 }, { id: 2, x: 7 });
    await table.deliver();
    expect(await table.shown()).toEqual([
      { id: '1', x: null },
      { id: '2', x: 7 },
    ]);
    table.resnapshot({ id: 1, x: 5 }, { id: 2, x: 7 });
    await table.deliver();
    expect(await table.shown()).toEqual([
      { id: '1', x: 5 },
      { id: '2', x: 7 },
    ]);
    const stored = await harness.clickhouse.query(
      `SELECT id, x FROM raw.crm_${table.name}_log WHERE _op = 'c' ORDER BY id`,
    );
    expect(stored).toEqual([
      { id: '1', x: '5' },
      { id: '2', x: '6' },
    ]);
  });

  test('of the key', async () => {
    const table = new TableScript(harness, 'wide_key');
    table.ddl([key, column(2, 'x integer')]);
    table.insert({ id: 1, x: 1 });
    table.ddl([column(1, 'id bigint', { keyPosition: 1 }), column(2, 'x integer')], { rewrites: true });
    table.insert({ id: 9_007_199_254_740_993n, x: 2 });
    table.update({ id: 1, x: 1 }, { id: 1, x: 3 });
    await table.deliver();
    expect(await table.shown()).toEqual([
      { id: '1', x: 3 },
      { id: '9007199254740993', x: 2 },
    ]);
  });
});

test('columns are renamed, also into each other, while rows are on their way', async () => {
  const table = new TableScript(harness, 'renamed');
  const [a, b] = [column(2, 'a text'), column(3, 'b text')];
  table.ddl([key, a, b]);
  table.insert({ id: 1, a: 'a1', b: 'b1' });
  await table.deliver();
  table.insert({ id: 2, a: 'a2', b: 'b2' });
  table.ddl([key, { ...a, name: 'x' }, b]);
  table.insert({ id: 3, x: 'a3', b: 'b3' });
  table.ddl([key, { ...a, name: 'x' }, { ...b, name: 'a' }]);
  table.ddl([key, { ...a, name: 'b' }, { ...b, name: 'a' }]);
  table.insert({ id: 4, b: 'a4', a: 'b4' });
  await table.deliver();
  const ids = [1, 2, 3, 4];
  expect(await table.shown()).toEqual(ids.map((id) => ({ id: String(id), b: `a${id}`, a: `b${id}` })));
  expect(await report(table)).toEqual(['column a renamed to x', 'column b renamed to a', 'column x renamed to b']);
});

test('a column is dropped, and another of its name added later', async () => {
  const table = new TableScript(harness, 'dropped');
  table.ddl([key, column(2, 'x integer', { notNull: true })]);
  table.insert({ id: 1, x: 11 });
  table.ddl([key]);
  table.insert({ id: 2 });
  await table.deliver();
  expect(await table.shown()).toEqual([{ id: '1' }, { id: '2' }]);
  table.ddl([key, column(3, 'x text')]);
  table.insert({ id: 3, x: 'other' });
  await table.deliver();
  expect(await table.shown()).toEqual([
    { id: '1', x: null },
    { id: '2', x: null },
    { id: '3', x: 'other' },
  ]);
  const stored = await harness.clickhouse.query('SELECT id, x, x__3 FROM raw.crm_dropped_log ORDER BY id');
  expect(stored).toEqual([
    { id: '1', x: 11, x__3: null },
    { id: '2', x: 0, x__3: null },
    { id: '3', x: 0, x__3: 'other' },
  ]);
});

test('NOT NULL is dropped and set again', async () => {
  const table = new TableScript(harness, 'nullable');
  const strict = [key, column(2, 'x integer', { notNull: true }), column(3, 'l integer[]', { notNull: true })];
  table.ddl(strict);
  table.insert({ id: 1, x: 1, l: [] });
  await table.deliver();
  table.insert({ id: 2, x: 2, l: [2] });
  table.ddl([key, column(2, 'x integer'), column(3, 'l integer[]')]);
  table.insert({ id: 3, x: null, l: null });
  await table.deliver();
  expect(await table.shown()).toEqual([
    { id: '1', x: 1, l: [], l__is_null: false },
    { id: '2', x: 2, l: [2], l__is_null: false },
    { id: '3', x: null, l: [], l__is_null: true },
  ]);
  table.ddl(strict);
  table.insert({ id: 4, x: 4, l: [4] });
  await table.deliver();
  expect((await table.shown()).map(({ x }) => x)).toEqual([1, 2, null, 4]);
  expect((await report(table)).slice(-2)).toEqual(['column x is NOT NULL', 'column l is NOT NULL']);
});

test('tables are renamed, dropped and made again', async () => {
  const table = new TableScript(harness, 'first_name');
  table.ddl([key, column(2, 'x text')]);
  table.insert({ id: 1, x: 'before' }, { id: 2, x: 'gone' });
  const old = table.log;
  table.ddl([key, column(2, 'x text')], { table: 'second_name', kind: 'rename' });
  table.update({ id: 1, x: 'before' }, { id: 1, x: 'after' });
  await table.deliver();
  await harness.deliver(old);
  expect(await table.shown()).toEqual([
    { id: '1', x: 'after' },
    { id: '2', x: 'gone' },
  ]);
  await expect(harness.current('crm_first_name', 'id')).rejects.toThrow(/crm_first_name_current/);

  table.ddl([], { kind: 'drop' });
  const again = new TableScript(harness, 'second_name');
  again.ddl([key, column(2, 'y integer')], { kind: 'create' });
  again.log.messages.push(...table.log.messages);
  again.insert({ id: 7, y: 7 });
  await again.deliver();
  expect(await again.shown()).toEqual([{ id: '7', y: 7 }]);
  expect(await harness.clickhouse.query('SELECT count() AS n FROM raw.crm_first_name FINAL')).toEqual([{ n: '2' }]);
});

describe('the primary key changes', () => {
  const region = column(2, 'region text', { notNull: true });
  const columns = [key, region, column(3, 'x integer')];
  const byRegion = [
    column(1, 'id integer', { notNull: true }),
    column(2, 'region text', { keyPosition: 1 }),
    column(3, 'x integer'),
  ];
  test('new tables are built from the log; repeated old changes bring nothing back', async () => {
    const table = new TableScript(harness, 'rekeyed');
    table.ddl(columns);
    table.insert({ id: 1, region: 'eu', x: 1 }, { id: 2, region: 'us', x: 2 }, { id: 3, region: 'as', x: 3 });
    table.update({ id: 1, region: 'eu', x: 1 }, { id: 1, region: 'af', x: 1 });
    table.change({ op: 'd', before: { id: 3, region: 'as', x: 3 } });
    await table.deliver();
    table.update({ id: 2, region: 'us', x: 2 }, { id: 2, region: 'ca', x: 2 });
    table.ddl(byRegion);
    table.insert({ id: 1, region: 'eu', x: 10 });
    await table.deliver();
    const expected = [
      { id: 1, region: 'af', x: 1 },
      { id: 2, region: 'ca', x: 2 },
      { id: 1, region: 'eu', x: 10 },
    ];
    const read = (): Promise<unknown[]> =>
      harness.clickhouse.query('SELECT toInt32(id) AS id, region, x FROM raw.crm_rekeyed_current ORDER BY region');
    expect(await read()).toEqual(expected);
    harness.setProgress({ ...harness.progressOf(table.log), nextOffset: 0 });
    await table.deliver();
    expect(await read()).toEqual(expected);
    expect((await report(table)).at(-1)).toMatch(/^primary key changed: raw.crm_rekeyed__g2 built/);
  });

  test('with values of the new key not known, the table stops, alone', async () => {
    const table = new TableScript(harness, 'unkeyed');
    table.ddl(columns);
    table.insert({ id: 1, region: 'eu', x: 1 });
    await table.deliver();
    table.ddl([...columns, column(4, 'code bigint', { default: 'volatile', notNull: true })], { rewrites: true });
    table.ddl([
      column(1, 'id integer', { notNull: true }),
      region,
      column(3, 'x integer'),
      column(4, 'code bigint', { keyPosition: 1 }),
    ]);
    table.insert({ id: 2, region: 'eu', x: 2, code: 2 });
    await table.deliver();
    expect(harness.tables.stoppedTables().map(({ reason }) => reason)).toEqual([
      'ClickHouse cannot follow the change: 1 rows have no value of the new key (code) yet: read them again first',
    ]);
    expect(harness.deadLetters.splice(0).map(({ code }) => code)).toEqual(['table_stopped']);
    table.ddl([], { kind: 'drop' });
    await table.deliver();
    expect(harness.tables.stoppedTables()).toEqual([]);
  });
});

test('what cannot be captured stops its table alone, and nothing is lost once it is repaired', async () => {
  const [table, other] = [new TableScript(harness, 'unsupported'), new TableScript(harness, 'bystander')];
  table.ddl([key, column(2, 'v text')]);
  other.ddl([key]);
  table.insert({ id: 1, v: 'before' });
  table.ddl([key, column(2, 'v text'), column(3, 'bits bit varying(8)')]);
  table.insert({ id: 2, v: 'meanwhile', bits: 'BQ==' });
  other.insert({ id: 1 });
  await table.deliver();
  await other.deliver();
  expect(await table.shown()).toEqual([{ id: '1', v: 'before' }]);
  expect(await other.shown()).toEqual([{ id: '1' }]);
  expect(harness.tables.stoppedTables()).toMatchObject([{ table: 'crm.unsupported', topic: 'cdc.crm.unsupported' }]);
  expect(harness.deadLetters.splice(0)).toMatchObject([
    { code: 'table_stopped', topic: 'cdc.crm.unsupported', offset: '1' },
  ]);
  await harness.restart();
  expect(harness.tables.stoppedTables()).toHaveLength(1);
  table.ddl([key, column(2, 'v text')]);
  table.insert({ id: 3, v: 'after' });
  await table.deliver();
  expect(harness.tables.stoppedTables()).toEqual([]);
  expect((await table.shown()).map(({ v }) => v)).toEqual(['before', 'meanwhile', 'after']);
});

test('columns that history does not know yet stop the table until it does', async () => {
  const table = new TableScript(harness, 'late_history');
  table.ddl([key]);
  table.insert({ id: 1 }, { id: 2, x: 'unknown' });
  await table.deliver();
  expect(await table.shown()).toEqual([{ id: '1' }]);
  expect(harness.deadLetters.splice(0).map(({ message }) => message)).toEqual([
    'a change does not fit any known columns of the table: the message has the columns x too many and lacks -',
  ]);
  table.ddl([key, column(2, 'x text')], { kind: 'drift', origin: 'drift' });
  await table.deliver();
  expect(await table.shown()).toEqual([
    { id: '1', x: null },
    { id: '2', x: 'unknown' },
  ]);
});

test('a crash between a change and its journal is made up for', async () => {
  const table = new TableScript(harness, 'crashed');
  table.ddl([key, column(2, 'x integer', { notNull: true })]);
  table.insert({ id: 1, x: 1 });
  await table.deliver();
  const row = table.ddl([key, column(2, 'renamed bigint'), column(3, 'y text', { missingValue: 'why' })]);
  const known = harness.tables.journal.get(table.oid);
  const plan = planChange(known, row, { epoch: 1, others: [] });
  for (const statement of plan.actions.flatMap(statementsOf)) await harness.clickhouse.command(statement);
  await harness.restart();
  table.insert({ id: 2, renamed: null, y: null });
  await table.deliver();
  expect(await table.shown()).toEqual([
    { id: '1', renamed: '1', y: 'why' },
    { id: '2', renamed: null, y: null },
  ]);
});

test('a table may have columns of the names the sink gives its own', async () => {
  const table = new TableScript(harness, 'own_names');
  table.ddl([
    key,
    column(2, '_partition integer', { notNull: true }),
    column(3, '_version text'),
    column(4, '_op text'),
  ]);
  table.insert({ id: 1, _partition: 77, _version: 'v', _op: 'o' });
  await table.deliver();
  const shown = await harness.current('crm_own_names', 'id');
  expect(shown).toMatchObject([{ id: '1', _partition: 77, _version: 'v', _op: 'o', _cdc_partition: 0, _offset: '0' }]);
  const history = await harness.clickhouse.query('SELECT _op, _cdc_op, _cdc_partition FROM raw.crm_own_names_history');
  expect(history).toEqual([{ _op: 'o', _cdc_op: 'c', _cdc_partition: 0 }]);
});

test('while Postgres is away nothing is guessed', async () => {
  const table = new TableScript(harness, 'waiting');
  table.ddl([key]);
  table.insert({ id: 1 });
  harness.history.isAway = true;
  await expect(table.deliver()).rejects.toThrow('away');
  harness.history.isAway = false;
  await table.deliver();
  expect(await table.shown()).toEqual([{ id: '1' }]);
});
