import { clickhouseTarget, type ClickhouseTarget } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { RowBinaryWriter } from './row-binary-writer.ts';

let target: ClickhouseTarget;

beforeAll(async () => {
  target = await clickhouseTarget();
});

type Write = (writer: RowBinaryWriter) => void;

/** Type, how a value is written, and how it reads in JSON: the types that the warehouse's tables are made of. */
const VALUES: readonly [string, Write, unknown][] = [
  ['Bool', (to) => to.bool(true), true],
  ['UInt8', (to) => to.uint8(255), 255],
  ['Int8', (to) => to.int8(-128), -128],
  ['UInt16', (to) => to.uint16(65_535), 65_535],
  ['Int16', (to) => to.int16(-32_768), -32_768],
  ['UInt32', (to) => to.uint32(4_294_967_295), 4_294_967_295],
  ['Int32', (to) => to.int32(-2_147_483_648), -2_147_483_648],
  ['UInt64', (to) => to.uint64(18_446_744_073_709_551_615n), '18446744073709551615'],
  ['Int64', (to) => to.int64(-9_223_372_036_854_775_808n), '-9223372036854775808'],
  ['Int64', (to) => to.int64(-9_007_199_254_740_991), '-9007199254740991'],
  ['Int64', (to) => to.int64Text('9223372036854775807'), '9223372036854775807'],
  ['UInt128', (to) => to.uint128((7n << 112n) + (3n << 56n) + 5n), String((7n << 112n) + (3n << 56n) + 5n)],
  ['UInt128', (to) => to.uint128Words(1, 2, 3, 4), String((1n << 96n) + (2n << 64n) + (3n << 32n) + 4n)],
  ['Int128', (to) => to.int128(-(2n ** 100n)), String(-(2n ** 100n))],
  ['Float32', (to) => to.float32(0.5), 0.5],
  ['Float64', (to) => to.float64(-1.7976931348623157e308), -1.7976931348623157e308],
  ['Float64', (to) => to.float64(Number.NaN), 'nan'],
  ['Float64', (to) => to.float64(Number.NEGATIVE_INFINITY), '-inf'],
  ['String', (to) => to.string('Grüße, 東京 🌍 "quoted"\n\t\\'), 'Grüße, 東京 🌍 "quoted"\n\t\\'],
  ['String', (to) => to.string(''), ''],
  ['String', (to) => to.string('x'.repeat(100_000)), 'x'.repeat(100_000)],
  ['String', (to) => to.bytes(Buffer.from('bytes')), 'bytes'],
  ['LowCardinality(String)', (to) => to.string('page_view'), 'page_view'],
  ['UUID', (to) => to.uuid('0198e2a5-7c31-7d4b-9a6e-3f1b2c4d5e6f'), '0198e2a5-7c31-7d4b-9a6e-3f1b2c4d5e6f'],
  ['Decimal(9, 2)', (to) => to.decimal('-1234567.89', 9, 2), '-1234567.89'],
  ['Decimal(18, 4)', (to) => to.decimal('99999999999999.9999', 18, 4), '99999999999999.9999'],
  ['Decimal(18, 4)', (to) => to.decimal('0.0001', 18, 4), '0.0001'],
  [
    'Decimal(38, 10)',
    (to) => to.decimal(`-${'9'.repeat(28)}.${'9'.repeat(10)}`, 38, 10),
    `-${'9'.repeat(28)}.${'9'.repeat(10)}`,
  ],
  [
    'Decimal(76, 20)',
    (to) => to.decimal(`${'1'.repeat(56)}.${'2'.repeat(20)}`, 76, 20),
    `${'1'.repeat(56)}.${'2'.repeat(20)}`,
  ],
  ['Date', (to) => to.date(20_000), '2024-10-04'],
  ['Date32', (to) => to.date32(-25_567), '1900-01-01'],
  ['Date32', (to) => to.date32(120_529), '2299-12-31'],
  [`DateTime('UTC')`, (to) => to.dateTime(1_700_000_000), '2023-11-14 22:13:20'],
  [`DateTime64(3, 'UTC')`, (to) => to.dateTime64Ms(1_700_000_000_123), '2023-11-14 22:13:20.123'],
  [`DateTime64(6, 'UTC')`, (to) => to.dateTime64Us(1_700_000_000_123_456), '2023-11-14 22:13:20.123456'],
  [`DateTime64(6, 'UTC')`, (to) => to.dateTime64Us(-2_208_988_800_000_000n), '1900-01-01 00:00:00.000000'],
  [`DateTime64(6, 'UTC')`, (to) => to.dateTime64Us(10_413_791_999_999_999n), '2299-12-31 23:59:59.999999'],
  ['Nullable(Int64)', (to) => to.null(), null],
  ['Nullable(String)', (to) => (to.notNull(), to.string('there')), 'there'],
  ['LowCardinality(Nullable(String))', (to) => to.null(), null],
  ['Nullable(Decimal(18, 4))', (to) => (to.notNull(), to.decimal('-0.5', 18, 4)), '-0.5'],
  ['Array(String)', (to) => to.array(0), []],
  [
    'Array(Nullable(Int32))',
    (to) => (to.array(3), to.notNull(), to.int32(1), to.null(), to.notNull(), to.int32(-1)),
    [1, null, -1],
  ],
];

const columns = VALUES.map((_, index) => `c${index}`);

async function createTable(name: string): Promise<string> {
  const table = `${target.database}.${name}`;
  const definitions = VALUES.map(([type], index) => `c${index} ${type}`).join(', ');
  await target.clickhouse.command(`CREATE TABLE ${table} (row UInt32, ${definitions}) ENGINE = MergeTree ORDER BY row`);
  return table;
}

test('every type arrives from RowBinary as it was written, and the same from JSON', async () => {
  const expected = Object.fromEntries(VALUES.map(([, , value], index) => [`c${index}`, value]));
  const table = await createTable('types');
  const writer = new RowBinaryWriter();
  writer.uint32(1);
  for (const [, write] of VALUES) write(writer);
  const all = ['row', ...columns];
  await target.clickhouse.insert(table, { columns: all, format: 'RowBinary', body: writer.take() });
  const body = Buffer.from(JSON.stringify({ row: 2, ...expected }));
  await target.clickhouse.insert(table, { columns: all, format: 'JSONEachRow', body });
  const rows = await target.clickhouse.query<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY row`);
  // A decimal is printed without the zeros at its end, whichever way it came.
  expect(rows).toEqual([
    { row: 1, ...expected },
    { row: 2, ...expected },
  ]);
});

test('columns that are left out take their defaults, and the order of the columns is the insert’s own', async () => {
  const table = `${target.database}.defaults`;
  await target.clickhouse.command(
    `CREATE TABLE ${table} (a Int32, b String DEFAULT concat('b', toString(a)), c UInt64 MATERIALIZED a * 2, d Nullable(Int8))
     ENGINE = MergeTree ORDER BY a`,
  );
  const writer = new RowBinaryWriter();
  for (const [d, a] of [
    [1, 10],
    [2, 20],
  ] as const) {
    writer.notNull();
    writer.int8(d);
    writer.int32(a);
  }
  await target.clickhouse.insert(table, { columns: ['d', 'a'], format: 'RowBinary', body: writer.take() });
  const json = Buffer.from('{"a": 30}\n{"a": 40, "b": "own"}');
  await target.clickhouse.insert(table, { columns: ['a', 'b'], format: 'JSONEachRow', body: json });
  expect(await target.clickhouse.query(`SELECT a, b, c, d FROM ${table} ORDER BY a`)).toEqual([
    { a: 10, b: 'b10', c: '20', d: 1 },
    { a: 20, b: 'b20', c: '40', d: 2 },
    { a: 30, b: 'b30', c: '60', d: null },
    { a: 40, b: 'own', c: '80', d: null },
  ]);
});

test('values of parameters arrive exactly, whatever they hold, also long lists', async () => {
  const params = {
    text: `it's "quoted" \\ \t \n {x:String} ; -- é 🌍`,
    big: '18446744073709551615',
    version: String(2n ** 127n),
    none: null,
    list: Array.from({ length: 5_000 }, (_, index) => `key ${index}`),
  };
  const [row] = await target.clickhouse.query<Record<string, unknown>>(
    `SELECT {text:String} AS text, {big:UInt64} AS big, {version:UInt128} AS version, {none:Nullable(String)} AS none,
       length({list:Array(String)}) AS list, {list:Array(String)}[5000] AS last`,
    params,
  );
  expect(row).toEqual({ ...params, list: '5000', last: 'key 4999' });
});

test('a broken or short body inserts nothing', async () => {
  const table = `${target.database}.broken`;
  await target.clickhouse.command(`CREATE TABLE ${table} (a Int32, b String) ENGINE = MergeTree ORDER BY a`);
  const writer = new RowBinaryWriter();
  for (let row = 0; row < 10; row += 1) {
    writer.int32(row);
    writer.string('text');
  }
  const body = writer.take();
  const insert = target.clickhouse.insert(table, {
    columns: ['a', 'b'],
    format: 'RowBinary',
    body: body.subarray(0, body.length - 3),
  });
  await expect(insert).rejects.toMatchObject({ code: 'REFUSED', retryable: false });
  const json = target.clickhouse.insert(table, {
    columns: ['a', 'b'],
    format: 'JSONEachRow',
    body: Buffer.from('{"a": 1, "b": "x"}\n{"a": "no number", "b": "x"}'),
  });
  await expect(json).rejects.toMatchObject({ code: 'REFUSED', retryable: false });
  expect(await target.clickhouse.query(`SELECT count() AS rows FROM ${table}`)).toEqual([{ rows: '0' }]);
});
