import { appendFile, utimes } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { FolderSource } from './source/folder-source.ts';
import { dailyFile, dailyKey, HEADER, loaderGround, type LoaderGround } from './testing/loader-ground.ts';

let ground: LoaderGround;
/** Two servers start first. */
const START_MS = 120_000;
/** Each test has days of its own: nothing is taken out between them. */
let day = 0;
let key = '';
let name = '';

beforeAll(async () => {
  ground = await loaderGround();
}, START_MS);
beforeEach(async () => {
  await ground.empty();
  day += 1;
  key = dailyKey(`2025-01-${String(day).padStart(2, '0')}`);
  name = key;
});

const visible = (column = '*') =>
  ground.rows(`SELECT ${column} FROM raw.retail_transactions_bronze_current WHERE source_file = '${name}'
    ORDER BY line_no`);
const quarantined = (file = name) =>
  ground.rows(
    `SELECT line_no, rules, raw FROM raw.load_quarantine_current WHERE source_file = '${file}' ORDER BY line_no`,
  );

test('every cell as it stands, an empty one NULL, a price exact and rounded half away from zero', async () => {
  const lines = [
    '489434,47503J ,"12"" RULER, ""RED""",12,6.955,13085.0,United Kingdom,2009-12-01',
    'C489449,,  padded  ,-12,-0.005,,EIRE,',
    ',79323P,é€😀,0,.5,x,"",2009-12-01 07:45:00',
  ];
  await ground.put(key, `${HEADER}\r\n${lines.join('\r\n')}\r\n`);
  const report = await ground.load();
  expect(report.loaded).toMatchObject([{ name, rows: 3, rejected: 0 }]);
  expect(report.lastDay).toBe(key.slice(12, 22));
  const common = { source_file: name, processing_date: report.lastDay, _partition: 0 };
  expect(await visible()).toMatchObject([
    {
      ...common,
      Invoice: '489434',
      StockCode: '47503J ',
      Description: '12" RULER, "RED"',
      Quantity: 12,
      Price: '6.96',
      price_text: '6.955',
      CustomerID: '13085.0',
      Country: 'United Kingdom',
      InvoiceDate: '2009-12-01',
      line_no: 2,
    },
    { Invoice: 'C489449', StockCode: null, Description: '  padded  ', Quantity: -12, Price: '-0.01', CustomerID: null },
    { Invoice: null, Description: 'é€😀', Quantity: 0, Price: '0.5', Country: null, line_no: 4 },
  ]);
});

test('a file is loaded once: again, touched, compressed, under another name', async () => {
  const content = dailyFile(3);
  await ground.put(key, content);
  expect((await ground.load()).loaded).toHaveLength(1);
  const before = await ground.counts();
  expect(await ground.load()).toMatchObject({ loaded: [], duplicates: [] });
  await utimes(join(ground.folder, key), new Date(), new Date(Date.now() - 1_000_000));
  await ground.put(dailyKey('2024-01-01'), content);
  const again = await ground.load();
  expect(again).toMatchObject({ loaded: [], duplicates: [dailyKey('2024-01-01'), key] });
  expect(await ground.load()).toMatchObject({ loaded: [], duplicates: [] });
  expect(await ground.counts()).toEqual(before);
});

test('columns may stand in any order; the same day in another folder, or compressed, replaces the day', async () => {
  await ground.put(key, dailyFile(3));
  await ground.load();
  const text =
    'InvoiceDate,Price,Quantity,Invoice,StockCode,Country,Customer ID,Description\n2025-01-01,1,2,I,S,C,7,D\n';
  await ground.put(`elsewhere/${key.slice(-27)}.gz`, gzipSync(text));
  expect((await ground.load()).loaded).toMatchObject([{ name, rows: 1 }]);
  expect(await visible('Invoice, Quantity, Price, CustomerID')).toEqual([
    { Invoice: 'I', Quantity: 2, Price: '1', CustomerID: '7' },
  ]);
});

test('a changed file replaces its rows, and nothing of the old ones is left', async () => {
  await ground.put(key, dailyFile(5));
  await ground.load();
  const before = await ground.counts();
  await ground.put(key, dailyFile(2, 900_000));
  expect((await ground.load()).loaded).toMatchObject([{ name, rows: 2 }]);
  expect(await visible('Invoice')).toEqual([{ Invoice: '900000' }, { Invoice: '900001' }]);
  const { stored, visible: shown } = await ground.counts();
  expect(stored - before.stored).toBe(-3);
  expect(shown).toBe(stored);
  const { rows } = await ground.pool.query('SELECT status, rows FROM ops.files WHERE name = $1 ORDER BY id', [name]);
  expect(rows).toEqual([
    { status: 'replaced', rows: '5' },
    { status: 'loaded', rows: '2' },
  ]);
});

test('back to the first content: it is loaded again', async () => {
  for (const [lines, first] of [
    [4, 1],
    [2, 100],
    [4, 1],
  ] as const) {
    await ground.put(key, dailyFile(lines, first), Date.now() - 100_000 + lines + first);
    await ground.load();
    expect(await visible('Invoice')).toHaveLength(lines);
  }
});

test('a copy takes over when what it is a copy of gets another content', async () => {
  const other = dailyKey('2024-02-01');
  await ground.put(key, dailyFile(2, 70_000));
  await ground.load();
  await ground.put(other, dailyFile(2, 70_000));
  expect((await ground.load()).duplicates).toEqual([other]);
  await ground.put(key, dailyFile(3, 80_000));
  await ground.load();
  await ground.load();
  const found = await ground.rows(
    `SELECT source_file, count() AS n FROM raw.retail_transactions_bronze_current
     WHERE source_file IN ('${key}', '${other}') GROUP BY 1 ORDER BY 1`,
  );
  expect(found).toEqual([
    { source_file: other, n: '2' },
    { source_file: key, n: '3' },
  ]);
});

test('lines that cannot be read are quarantined under the names of all rules they break; the others are loaded', async () => {
  const good = '536365,85123A,X,6,2.55,17850,UK,2025-01-01';
  const text = Buffer.concat([
    Buffer.from(
      `${HEADER}\n${good}\n536366,A,X,six,2,50,17850\n536367,A,X,six,£2,1,UK,2025\n536368,A,X"Y,1,1,1,UK,2025\n`,
    ),
    Buffer.from('536369,A,caf\xe9,1.5,1,1,UK,2025\n', 'latin1'),
    Buffer.from(`536370,A,X,99999999999,123456789.5,1,UK,2025\n${good}\n`),
  ]);
  await ground.put(key, text);
  expect((await ground.load()).loaded).toMatchObject([
    {
      rows: 2,
      rejected: 5,
      rules: ['column_count', 'csv_quote', 'encoding', 'type_price', 'type_quantity'],
    },
  ]);
  expect(await quarantined()).toEqual([
    { line_no: 3, rules: ['column_count'], raw: '536366,A,X,six,2,50,17850' },
    { line_no: 4, rules: ['type_quantity', 'type_price'], raw: '536367,A,X,six,£2,1,UK,2025' },
    { line_no: 5, rules: ['csv_quote'], raw: '536368,A,X"Y,1,1,1,UK,2025' },
    { line_no: 6, rules: ['encoding', 'type_quantity'], raw: '536369,A,caf\\xe9,1.5,1,1,UK,2025' },
    { line_no: 7, rules: ['type_quantity', 'type_price'], raw: '536370,A,X,99999999999,123456789.5,1,UK,2025' },
  ]);
});

const COLUMNS = HEADER.split(',');
test.each([
  ['a missing column', HEADER.replace(',Price', ''), ['header_missing']],
  ['an unknown and a repeated one', `${HEADER},Colour,Price`, ['header_repeated', 'header_unknown']],
  ['another spelling', HEADER.replace('Customer ID', 'CustomerID'), ['header_missing', 'header_unknown']],
  ['another separator', COLUMNS.join(';'), ['header_missing', 'header_unknown']],
  ['no header', '536365,85123A,X,6,2.55,17850,UK,2025-01-01', ['header_missing', 'header_unknown']],
])('a header with %s refuses the file', async (_, header, rules) => {
  await ground.put(key, `${header}\n1,2,3,4,5,6,7,8\n`);
  const report = await ground.load();
  expect(report.quarantined).toMatchObject([{ name, rules }]);
  expect(await quarantined()).toEqual([{ line_no: 0, rules: expect.arrayContaining(rules) as string[], raw: header }]);
  expect(await visible()).toEqual([]);
  expect((await ground.load()).quarantined).toEqual([]);
});

test.each([
  ['UTF-16', Buffer.from(`\ufeff${dailyFile(2)}`, 'utf16le'), ['file_encoding']],
  ['UTF-16 without a mark', Buffer.from(dailyFile(2), 'utf16le'), ['file_encoding']],
  ['empty', Buffer.alloc(0), ['file_empty']],
  ['a blank line alone', Buffer.from('\n\n'), ['file_empty']],
  ['cut off within a line', Buffer.from(dailyFile(3).slice(0, -20)), ['column_count', 'file_truncated']],
  ['cut off within the last value', Buffer.from(dailyFile(3).slice(0, -3)), ['file_truncated']],
])('a file that is %s is refused as such, and its last good content stays', async (_, content, rules) => {
  await ground.put(key, dailyFile(4, 1_000 * day));
  await ground.load();
  await ground.put(key, content);
  expect((await ground.load()).quarantined).toMatchObject([{ name, rules }]);
  expect(await visible('Invoice')).toHaveLength(4);
  const { stored, visible: shown } = await ground.counts();
  expect(stored).toBe(shown);
  expect(await quarantined()).toContainEqual(expect.objectContaining({ line_no: 0 }));
  await ground.put(key, dailyFile(4, 1_000 * day), Date.now() - 50_000);
  expect((await ground.load()).duplicates).toEqual([key]);
  expect(await quarantined()).toEqual([]);
});

test('a damaged or cut gzip file is refused; so is one full of other lines', async () => {
  const gz = gzipSync(dailyFile(500));
  await ground.put(`${key}.gz`, gz.subarray(0, gz.length - 9));
  expect((await ground.load()).quarantined).toMatchObject([{ name, rules: ['file_truncated'] }]);
  await ground.put(`${key}.gz`, dailyFile(1));
  expect((await ground.load()).quarantined).toMatchObject([{ name, rules: ['file_format'] }]);
  await ground.put(`${key}.gz`, gzipSync(`${HEADER}\n${'some,other,file\n'.repeat(101)}`));
  expect((await ground.load()).quarantined).toMatchObject([{ name, rules: ['column_count', 'file_mostly_refused'] }]);
});

test('a file that is being written waits, and is loaded as a whole; temporary names are passed over', async () => {
  const patient = ground.newLoader({ settleMs: 600_000 });
  await ground.put(`${key}.part`, dailyFile(3));
  expect(await ground.load(patient)).toMatchObject({ found: 1, ignored: 1, waiting: [] });
  const whole = dailyFile(3, 42_000);
  await ground.put(key, whole.slice(0, 100), Date.now());
  expect((await ground.load(patient)).waiting).toMatchObject([{ name, rules: [] }]);
  // At rest, but it ends in the middle of a line, a moment ago.
  const loader = ground.newLoader({ truncatedWaitMs: 600_000 });
  expect((await ground.load(loader)).waiting).toMatchObject([{ name, rules: ['file_truncated'] }]);
  expect(await visible()).toEqual([]);
  await appendFile(join(ground.folder, key), whole.slice(100));
  expect((await ground.load(loader)).loaded).toMatchObject([{ name, rows: 3 }]);
  const { rows } = await ground.pool.query('SELECT status, rules FROM ops.files WHERE name = $1 ORDER BY id', [name]);
  expect(rows).toEqual([
    { status: 'waiting', rules: ['file_truncated'] },
    { status: 'loaded', rules: [] },
  ]);
});

test('a last line without an end is accepted where the setting says so, but never half a line', async () => {
  const loader = ground.newLoader({ rules: { needsFinalNewline: false } });
  await ground.put(key, dailyFile(3, 51_000).trimEnd());
  expect((await ground.load()).quarantined).toMatchObject([{ rules: ['file_truncated'] }]);
  expect(await ground.load(loader)).toMatchObject({ loaded: [], quarantined: [] });
  const source = new FolderSource(ground.folder);
  const again = await loader.pass({ source, signal: AbortSignal.timeout(60_000), isRetrying: true });
  expect(again.loaded).toMatchObject([{ rows: 3 }]);
  expect(await quarantined()).toEqual([]);
  await ground.put(key, dailyFile(3, 52_000).slice(0, -20));
  expect((await ground.load(loader)).quarantined).toMatchObject([{ rules: ['column_count', 'file_truncated'] }]);
});

test('a warehouse that was emptied gets its files again, under greater numbers', async () => {
  await ground.put(key, dailyFile(3, 61_000));
  await ground.load();
  const [before] = await ground.rows<{ id: string }>('SELECT max(load_id) AS id FROM raw.loaded_files');
  await ground.clickhouse.command(`DELETE FROM raw.loaded_files WHERE source_file = '${name}'`);
  expect(await visible()).toEqual([]);
  expect((await ground.load()).loaded).toMatchObject([{ name, rows: 3 }]);
  const shown = (await visible('load_id')) as { load_id: string }[];
  expect(shown).toHaveLength(3);
  expect(Number(shown[0]?.load_id)).toBeGreaterThan(Number(before?.id));
});

test('a file ledger that was set back goes on behind the numbers in the warehouse', async () => {
  await ground.put(key, dailyFile(3, 62_000));
  await ground.load();
  await ground.pool.query(`SELECT setval('ops.load_ids', 1)`);
  await ground.put(key, dailyFile(2, 63_000));
  expect((await ground.load()).loaded).toMatchObject([{ name, rows: 2 }]);
  expect(await visible('Invoice')).toEqual([{ Invoice: '63000' }, { Invoice: '63001' }]);
});

test('a file that is withdrawn is gone until its content changes', async () => {
  await ground.put(key, dailyFile(3, 64_000));
  await ground.load();
  await ground.newLoader().withdraw('retail_transactions', name, 'sent by mistake');
  expect(await visible()).toEqual([]);
  expect(await ground.load()).toMatchObject({ loaded: [] });
  await ground.put(key, dailyFile(1, 65_000));
  expect((await ground.load()).loaded).toMatchObject([{ rows: 1 }]);
  await expect(ground.newLoader().withdraw('retail_transactions', 'nothing.csv', '')).rejects.toMatchObject({
    code: 'UNKNOWN_FILE',
  });
});
