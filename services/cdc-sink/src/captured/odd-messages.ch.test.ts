import { testClickhouse } from '@ebb/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { column } from './testing/column.ts';
import { changeMessage } from './testing/debezium.ts';
import { Harness } from './testing/harness.ts';
import { TableScript } from './testing/table-script.ts';

const GONE = '__ebb_unavailable_4f0c1d7e9b3a';
const BIG = 'long text '.repeat(1_000);
const columns = [
  column(1, 'id integer', { keyPosition: 1 }),
  column(2, 'v text'),
  column(3, 'big text'),
  column(4, 'bytes bytea'),
  column(5, 'list text[]'),
];
let harness: Harness;
let table: TableScript;
let tables = 0;

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  await harness.tables.open();
});

beforeEach(() => {
  tables += 1;
  table = new TableScript(harness, `odd_${tables}`);
  table.ddl(columns);
  harness.deadLetters.length = 0;
});

const full = { id: 1, v: 'a', big: BIG, bytes: 'dead', list: ['a', null] };
const cut = { id: 1, v: 'b', big: GONE, bytes: Buffer.from(GONE).toString('hex'), list: [GONE] };
const kept = { id: '1', v: 'b', big: BIG, bytes: 'dead', list: ['a', null] };

test('a large value that did not change comes from the old row', async () => {
  table.insert(full);
  table.update(full, cut);
  await table.deliver();
  expect(await table.shown()).toMatchObject([kept]);
});

test('or from the change before, in the same chunk', async () => {
  table.insert(full, { ...full, id: 2, big: 'of another row' });
  table.change({ op: 'u', before: null, after: cut });
  table.change({ op: 'u', before: null, after: { ...cut, v: 'c' } });
  await table.deliver();
  expect(await table.shown()).toMatchObject([{ ...kept, v: 'c' }, { id: '2' }]);
});

test('or from ClickHouse', async () => {
  table.insert(full);
  await table.deliver();
  table.change({ op: 'u', before: null, after: { ...cut, list: ['new'] } });
  await table.deliver();
  expect(await table.shown()).toMatchObject([{ ...kept, list: ['new'] }]);
});

test('or the row is a dead letter: the placeholder is never stored', async () => {
  table.insert({ ...full, id: 2 });
  table.change({ op: 'd', before: { ...full, id: 2 } });
  table.change({ op: 'c', after: { ...cut, id: 2 } });
  table.change({ op: 'u', before: null, after: { ...cut, id: 3 } });
  await table.deliver();
  expect(await table.shown()).toEqual([]);
  expect(harness.deadLetters.map(({ code, offset }) => [code, offset])).toEqual([
    ['unavailable_value', '2'],
    ['unavailable_value', '3'],
  ]);
});

test('what cannot be read is a dead letter with its reason, and the others go on', async () => {
  const { messages } = table.log;
  const spoilt = ['', '{', '{"op":"c"}', 'null', '7'];
  for (const [index, text] of spoilt.entries()) {
    messages.push({ ...changeMessage(index, { op: 'c', commit: 1, lsn: 1 }), value: Buffer.from(text) });
  }
  messages.push({ ...changeMessage(5, { op: 'c', after: full, commit: 1, lsn: 9e15 }), headers: {} });
  table.insert(full);
  const batch = await harness.deliver(table.log);
  expect(batch.progress.nextOffset).toBe(7);
  expect(await table.shown()).toHaveLength(1);
  expect(harness.deadLetters.map(({ code }) => code)).toEqual([...spoilt.map(() => 'invalid_change'), 'missing_epoch']);
  // Read again, the same letters: whoever stores them knows them.
  const ids = harness.deadLetters.map(({ id }) => id);
  harness.setProgress({ ...harness.progressOf(table.log), nextOffset: 0 });
  await table.deliver();
  expect(new Set(harness.deadLetters.map(({ id }) => id)).size).toBe(ids.length);
});

test('a value without an exact form is a dead letter; the row keeps what it had', async () => {
  const typed = new TableScript(harness, 'exact_values');
  typed.ddl([columns[0] ?? column(1, 'id integer'), column(2, 'd date'), column(3, 'n numeric(10,2)')]);
  typed.insert({ id: 1, d: '2026-01-02Z', n: '99999999.99' });
  for (const change of [{ d: '2300-01-01Z' }, { d: '1899-12-31Z' }, { n: 'NAN' }, { n: 'POSITIVE_INFINITY' }]) {
    typed.update({ id: 1, d: null, n: null }, { id: 1, d: null, n: null, ...change });
  }
  await typed.deliver();
  expect(await typed.shown()).toEqual([{ id: '1', d: '2026-01-02', n: '99999999.99' }]);
  expect(harness.deadLetters.map(({ code }) => code)).toEqual(Array(4).fill('value_out_of_range'));
});

test('a change with columns that came after it stops the table: its values are not in their places', async () => {
  const [key, v, big] = [column(1, 'id integer', { keyPosition: 1 }), column(2, 'v text'), column(3, 'big text')];
  const moved = new TableScript(harness, 'misplaced');
  moved.ddl([key, v, big]);
  moved.insert({ id: 1, v: 'v', big: 'big' }, { id: 2, big: 'v', late: 'big' });
  moved.ddl([key, big, column(4, 'late text')]);
  moved.insert({ id: 3, big: 'big', late: 'late' });
  await moved.deliver();
  expect(await moved.shown()).toEqual([{ id: '1', big: 'big', late: null }]);
  expect(harness.deadLetters.map(({ message }) => message)).toEqual([
    'a change does not fit any known columns of the table: the message has no column v',
  ]);
});

test('a position that no version has room for stops the table', async () => {
  table.insert(full);
  const far = { op: 'c' as const, after: { ...full, id: 2 }, commit: 1, table: table.name };
  const message = changeMessage(1, { ...far, lsn: 7 });
  const value = Buffer.from(String(message.value).replace(String.raw`\"7\"`, String.raw`\"${2n ** 56n}\"`));
  table.log.messages.push({ ...message, value });
  const batch = await harness.deliver(table.log);
  expect(batch.stopped).toMatchObject({
    table: `crm.${table.name}`,
    reason: 'LSN 72057594037927936 does not fit 56 bits',
  });
  expect(batch.progress.nextOffset).toBe(1);
  expect(await table.shown()).toHaveLength(1);
});

test('the connector’s own topics give no rows', async () => {
  for (const topic of ['cdc.ops.cdc_heartbeat', 'cdc.notifications', 'other']) {
    const log = { topic, partition: 0, messages: [changeMessage(0, { op: 'c', after: { id: 1 }, commit: 1, lsn: 1 })] };
    expect(await harness.deliver(log)).toMatchObject({ inserts: [], deadLetters: [], progress: { nextOffset: 1 } });
  }
});
