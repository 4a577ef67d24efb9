import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { type BasicType, ByteWriter, parquetWrite } from 'hyparquet-writer';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { loaderGround, type LoaderGround } from './testing/loader-ground.ts';

let ground: LoaderGround;
/** Two servers start first. */
const START_MS = 120_000;
let number = 0;
let collection = '';

beforeAll(async () => {
  ground = await loaderGround();
}, START_MS);
beforeEach(async () => {
  await ground.empty();
  ground.copies.clear();
  number += 1;
  collection = `c${number}`;
});

const documents = () =>
  ground.rows(
    `SELECT line_no, document FROM raw.documents_current WHERE collection = '${collection}' ORDER BY source_file, line_no`,
  );
const quarantined = () =>
  ground.rows(
    `SELECT line_no, rules, raw FROM raw.load_quarantine_current WHERE source_file LIKE '%/${collection}/%' ORDER BY line_no`,
  );
const key = (file: string): string => `documents/${collection}/${file}`;

async function copied(file: string): Promise<Record<string, unknown>[]> {
  const bytes = ground.copies.get(`landed/${collection}/${file}.parquet`);
  if (bytes === undefined) throw new Error(`no copy of ${file}; there are ${[...ground.copies.keys()].join(', ')}`);
  return parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
}

test('a JSON file that is dropped appears once: its rows as they stand, and a Parquet copy', async () => {
  const text = `[\n {"id": 12345678901234567890, "ok": true, "price": 1.10, "tags": ["a"]},\n\n {"id": 2, "note": "x, [y]"}\n]\n`;
  await ground.put(key('tickets.json'), text);
  expect((await ground.load()).loaded).toMatchObject([{ name: key('tickets.json'), rows: 2 }]);
  expect(await ground.load()).toMatchObject({ loaded: [] });
  expect(await documents()).toEqual([
    { line_no: 2, document: '{"id": 12345678901234567890, "ok": true, "price": 1.10, "tags": ["a"]}' },
    { line_no: 4, document: '{"id": 2, "note": "x, [y]"}' },
  ]);
  expect(await copied('tickets.json')).toEqual([
    { id: '12345678901234567890', ok: true, price: 1.1, tags: '["a"]', note: null },
    { id: '2', ok: null, price: null, tags: null, note: 'x, [y]' },
  ]);
});

test('one object alone, one per line in either name, and cells of a CSV', async () => {
  await ground.put(key('a.json'), '{"a": 1}');
  await ground.put(key('b.json'), '{"a": 2}\n{"a": 3}\n');
  await ground.put(key('c.ndjson'), '\ufeff{"a": 4}\r\n\r\n{"a": 5.5}');
  await ground.put(key('d.csv'), 'a,b\n6,"x,y"\n,\n');
  expect((await ground.load()).loaded).toHaveLength(4);
  expect((await documents()).map((row) => (row as { document: string }).document)).toEqual([
    '{"a": 1}',
    '{"a": 2}',
    '{"a": 3}',
    '{"a": 4}',
    '{"a": 5.5}',
    '{"a":"6","b":"x,y"}',
    '{"a":null,"b":null}',
  ]);
  expect(await copied('c.ndjson')).toEqual([{ a: 4 }, { a: 5.5 }]);
  expect(await copied('b.json')).toEqual([{ a: 2n }, { a: 3n }]);
});

test('the copy can be read by the warehouse', async () => {
  await ground.put(key('x.ndjson'), '{"n": 1, "t": "é", "f": 0.5, "b": false}\n{"n": null}\n');
  await ground.load();
  const bytes = ground.copies.get(`landed/${collection}/x.ndjson.parquet`) ?? Buffer.alloc(0);
  const hex = bytes.toString('hex');
  const rows = await ground.rows(`SELECT * FROM format(Parquet, unhex('${hex}'))`);
  expect(rows).toEqual([
    { n: '1', t: 'é', f: 0.5, b: false },
    { n: null, t: null, f: null, b: null },
  ]);
});

test('rows that are no JSON objects are quarantined one by one', async () => {
  const lines = [Buffer.from('{"a": 1}\n{"a": \n[1]\n"text"\n'), Buffer.from('{"a": "\xff"}\n', 'latin1')];
  await ground.put(key('x.ndjson'), Buffer.concat(lines));
  expect((await ground.load()).loaded).toMatchObject([
    { rows: 1, rejected: 4, rules: ['encoding', 'json_object', 'json_syntax'] },
  ]);
  expect(await quarantined()).toEqual([
    { line_no: 2, rules: ['json_syntax'], raw: '{"a": ' },
    { line_no: 3, rules: ['json_object'], raw: '[1]' },
    { line_no: 4, rules: ['json_object'], raw: '"text"' },
    { line_no: 5, rules: ['encoding'], raw: '{"a": "\\xff"}' },
  ]);
});

test.each([
  ['an array without an end', 'x.json', '[{"a": 1}, {"a": 2}', ['file_truncated']],
  ['a line without an end', 'x.ndjson', '{"a": 1}\n{"a": ', ['file_truncated']],
  ['an object without an end', 'x.json', '{"a": {"b": 1}', ['file_truncated']],
  ['a CSV without a last line end', 'x.csv', 'a,b\n1,2', ['file_truncated']],
  ['nothing in it', 'x.json', ' \n', ['file_empty']],
  ['no object at all', 'x.json', '[1, 2]', ['file_mostly_refused', 'json_object']],
  ['something behind the array', 'x.json', '[{"a": 1}] {"a": 2}', ['file_format']],
  ['two columns of one name', 'x.csv', 'a,a\n1,2\n', ['header_repeated']],
])('a file with %s is refused', async (_, file, content, rules) => {
  await ground.put(key(file), content);
  expect((await ground.load()).quarantined).toMatchObject([{ name: key(file), rules }]);
  expect(await documents()).toEqual([]);
});

interface Column {
  name: string;
  type: BasicType | 'DATE';
  data: unknown[];
}

function parquetFile(columns: readonly Column[]): Buffer {
  const writer = new ByteWriter();
  const schema = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) =>
      type === 'DATE'
        ? ({ name, type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' } as const)
        : type === 'STRING'
          ? ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const)
          : ({ name, type: 'INT64', repetition_type: 'OPTIONAL' } as const),
    ),
  ];
  void parquetWrite({ writer, schema, columnData: columns.map(({ name, data }) => ({ name, data })) });
  return Buffer.from(writer.getBytes());
}

const profiles = (rows: number, prefix = 'u'): Column[] => {
  const text = (name: string, value: (index: number) => string | null): Column => ({
    name,
    type: 'STRING',
    data: Array.from({ length: rows }, (_, index) => value(index)),
  });
  return [
    text('user_id', (index) => (index === 1 ? null : `${prefix}${index}`)),
    { name: 'registration_date', type: 'DATE', data: Array.from({ length: rows }, () => new Date('2024-05-06')) },
    text('subscription_tier', (index) => (index === 2 ? null : 'basic')),
    text('acquisition_channel', () => 'ads'),
    text('email', (index) => `${index}@example.com`),
    text('country', () => 'DE'),
  ];
};

test('profiles from Parquet: once, in order, replaced as a whole; a row without an id is quarantined', async () => {
  await ground.put('profiles/customers.parquet', parquetFile(profiles(5)));
  expect((await ground.load()).loaded).toMatchObject([{ rows: 4, rejected: 1, rules: ['required_user_id'] }]);
  const shown = () =>
    ground.rows(`SELECT user_id, toString(registration_date) AS day, subscription_tier AS tier, line_no
      FROM raw.customer_profiles_current ORDER BY line_no`);
  expect(await shown()).toEqual([
    { user_id: 'u0', day: '2024-05-06', tier: 'basic', line_no: 1 },
    { user_id: 'u2', day: '2024-05-06', tier: null, line_no: 3 },
    { user_id: 'u3', day: '2024-05-06', tier: 'basic', line_no: 4 },
    { user_id: 'u4', day: '2024-05-06', tier: 'basic', line_no: 5 },
  ]);
  await ground.put('profiles/customers.parquet', parquetFile(profiles(1, 'v')));
  await ground.load();
  expect(await shown()).toMatchObject([{ user_id: 'v0' }]);
  expect(await ground.rows('SELECT count() AS n FROM raw.customer_profiles')).toEqual([{ n: '1' }]);
});

test.each([
  ['cut off', (good: Buffer) => good.subarray(0, good.length - 10), ['file_truncated']],
  ['no Parquet', () => Buffer.from('user_id\n1\n'), ['file_format']],
  ['empty', () => Buffer.alloc(0), ['file_empty']],
  ['damaged within', (good: Buffer) => Buffer.from(good).fill(0xee, 4, 200), ['file_format']],
  [
    'of other columns and types',
    () =>
      parquetFile([
        { name: 'user_id', type: 'INT64', data: [1n] },
        { name: 'registration_date', type: 'STRING', data: ['2024-05-06'] },
        { name: 'colour', type: 'STRING', data: ['red'] },
      ]),
    ['header_missing', 'header_unknown', 'type_registration_date', 'type_user_id'],
  ],
])('a Parquet file that is %s is refused', async (name, content, rules) => {
  const file = `profiles/${name.replaceAll(' ', '-')}.parquet`;
  await ground.put(file, content(parquetFile(profiles(3))));
  expect((await ground.load()).quarantined).toMatchObject([{ name: file, rules }]);
  const visible = await ground.rows(`SELECT 1 FROM raw.customer_profiles_current WHERE source_file = '${file}'`);
  expect(visible).toEqual([]);
});

test('a Parquet file of a table that is none of ours is passed over', async () => {
  await ground.put(key('x.parquet'), await readFile(join(import.meta.dirname, 'index.ts')));
  expect(await ground.load()).toMatchObject({ found: 1, ignored: 1, quarantined: [] });
});
