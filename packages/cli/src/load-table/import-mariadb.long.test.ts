import { errorMessage, isEbbError } from '@ebb/core';
import { testClickhouse, type TestClickhouse } from '@ebb/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ForeignTable, foreignTable } from './foreign-table.ts';
import { importTable } from './import-table.ts';
import { type TestMariadb, testMariadb } from './testing/mariadb.ts';

let warehouse: TestClickhouse;
let mariadb: TestMariadb;
let from: ForeignTable;

beforeAll(async () => {
  warehouse = await testClickhouse();
  mariadb = await testMariadb();
  const { address, database, user, password } = mariadb;
  from = foreignTable(`mariadb://${user}@${address}/${database}`, 'customers', { EBB_FOREIGN_PASSWORD: password });
}, 600_000);
afterAll(() => mariadb.stop());
beforeEach(async () => {
  await warehouse.clickhouse.command('DROP TABLE IF EXISTS raw.foreign_customers');
  await mariadb.execute(`
    CREATE OR REPLACE TABLE customers (id bigint PRIMARY KEY, amount decimal(12, 2), name varchar(40), born date, at datetime(6));
    INSERT INTO customers VALUES (1, 12.34, 'ä''"', '1950-02-03', '2026-01-01 00:00:00.123456'), (2, NULL, NULL, NULL, NULL),
      (9007199254740993, -9999999999.99, '', '2026-12-31', '1999-12-31 23:59:59')`);
});

const importIt = () => importTable(warehouse.clickhouse, from, 'foreign_customers');
const stored = () => warehouse.clickhouse.query('SELECT * FROM raw.foreign_customers ORDER BY id');

test('every value arrives as it is: money, big numbers, NULL, days, times', async () => {
  expect(await importIt()).toMatchObject({ table: 'raw.foreign_customers', state: 'created', rows: 3 });
  expect(await stored()).toEqual([
    { id: '1', amount: '12.34', name: 'ä\'"', born: '1950-02-03', at: '2026-01-01 00:00:00.123456' },
    { id: '2', amount: null, name: null, born: null, at: null },
    {
      id: '9007199254740993',
      amount: '-9999999999.99',
      name: '',
      born: '2026-12-31',
      at: '1999-12-31 23:59:59.000000',
    },
  ]);
});

test('again it changes nothing, until something changed there', async () => {
  await importIt();
  expect(await importIt()).toMatchObject({ state: 'unchanged', rows: 3 });
  await mariadb.execute('DELETE FROM customers WHERE id = 1; UPDATE customers SET amount = 5 WHERE id = 2');
  expect(await importIt()).toMatchObject({ state: 'replaced', rows: 2 });
  expect(await stored()).toMatchObject([{ id: '2', amount: '5' }, { id: '9007199254740993' }]);
});

test('a wrong password and a table that is gone leave the former import, and no password in the error', async () => {
  await importIt();
  const password = 'a-password-nobody-may-see';
  const refused = importTable(warehouse.clickhouse, { ...from, password }, 'foreign_customers');
  const message = await refused.then(() => 'no error', errorMessage);
  expect(message).toContain('Access denied');
  expect(message).not.toContain(password);
  await mariadb.execute('DROP TABLE customers');
  await expect(importIt()).rejects.toSatisfy((error) => isEbbError(error, 'NO_ROWS_READ'));
  expect(await stored()).toHaveLength(3);
});
