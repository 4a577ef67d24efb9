import { readFileSync } from 'node:fs';
import { errorMessage } from '@ebb/core';
import { anyFreePort } from '@ebb/local-stack';
import { testClickhouse, type TestClickhouse, testObjectStore, type TestObjectStore } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { createClickhouse, nameFiles, viewDailyFiles } from './index.ts';

const HEADER = 'Invoice,StockCode,Description,Quantity,Price,Customer ID,Country,InvoiceDate';
let warehouse: TestClickhouse;
let files: TestObjectStore;

beforeAll(async () => {
  [warehouse, files] = [await testClickhouse(), await testObjectStore()];
  const put = (day: string, lines: string): Promise<string> =>
    files.store.put(`daily_sales/${day}/${day}_transactions.csv`, Buffer.from(`${HEADER}\n${lines}`));
  await put(
    '2025-06-26',
    '489434,85048,"A ""B"", C",12,6.95,13085.0,EIRE,2025-06-26\n489435,22350,,-3,2.555,,EIRE,2025-06-26\n',
  );
  await put('2025-06-27', 'C489449,22087,PAPER,-12,2.95,16321.0,Australia,2025-06-27\n');
}, 180_000);

test('files in the object store are tables, loaded or not, and nobody is shown the login', async () => {
  const { clickhouse } = warehouse;
  await nameFiles(clickhouse, files);
  await viewDailyFiles(clickhouse);
  const rows = await clickhouse.query(
    'SELECT day, file, Invoice, Description, Price, `Customer ID` FROM raw.daily_sales_files ORDER BY day, row',
  );
  expect(rows).toEqual(
    [
      ['2025-06-26', '489434', 'A "B", C', '6.95', '13085.0'],
      ['2025-06-26', '489435', '', '2.555', ''],
      ['2025-06-27', 'C489449', 'PAPER', '2.95', '16321.0'],
    ].map(([day, Invoice, Description, Price, customer]) => ({
      day,
      file: `${day}_transactions.csv`,
      Invoice,
      Description,
      Price,
      'Customer ID': customer,
    })),
  );
  const free = await clickhouse.query(
    "SELECT sum(toInt64(Quantity)) AS pieces FROM s3(ebb_files, filename = 'daily_sales/2025-06-2*/*.csv', format = 'CSVWithNames')",
  );
  expect(free).toEqual([{ pieces: '-3' }]);
  const shown = [
    ...(await clickhouse.query('SHOW CREATE VIEW raw.daily_sales_files')),
    ...(await clickhouse.query('SELECT * FROM system.named_collections')),
  ];
  expect(JSON.stringify(shown)).toContain('ebb_files');
  expect(JSON.stringify(shown)).not.toContain(files.secretKey);
});

test('who may only read sees the files, and can call no server himself', async () => {
  const reader = createClickhouse({ url: warehouse.readerUrl, applicationName: 'ebb-test' });
  try {
    expect(await reader.query("SELECT count() AS rows FROM raw.daily_sales_files WHERE day = '2025-06-26'")).toEqual([
      { rows: '2' },
    ]);
    for (const own of [`ebb_files, filename = 'daily_sales/*/*.csv'`, `'${files.url}/${files.bucket}/*.csv'`]) {
      await expect(reader.query(`SELECT * FROM s3(${own}, format = 'CSVWithNames')`)).rejects.toThrow('privileges');
    }
  } finally {
    await reader.close();
  }
});

test('another address takes the place of the one before', async () => {
  const { clickhouse } = warehouse;
  await nameFiles(clickhouse, { ...files, url: `http://127.0.0.1:${await anyFreePort()}` });
  await nameFiles(clickhouse, files);
  expect(await clickhouse.query('SELECT count() AS rows FROM raw.daily_sales_files')).toEqual([{ rows: '3' }]);
});

test('a failure says nothing of the login', async () => {
  const { clickhouse } = warehouse;
  await warehouse.kill();
  const message = await nameFiles(clickhouse, files).then(() => 'no error', errorMessage);
  await warehouse.start();
  expect(message).not.toContain(files.secretKey);
  expect(message).not.toBe('no error');
  expect(readFileSync(`${warehouse.dataDir}/../clickhouse.log`, 'utf8')).not.toContain(files.secretKey);
  expect(await clickhouse.query('SELECT count() AS rows FROM raw.daily_sales_files')).toEqual([{ rows: '3' }]);
});
