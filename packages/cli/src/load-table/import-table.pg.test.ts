import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, isEbbError } from '@ebb/core';
import { testClickhouse, type TestClickhouse, testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type ForeignTable, foreignTable } from './foreign-table.ts';
import { importTable } from './import-table.ts';

let warehouse: TestClickhouse;
let postgres: TestPostgres;
let from: ForeignTable;

beforeAll(async () => {
  warehouse = await testClickhouse();
  postgres = await testPostgres();
  from = foreignTable('-', 'shop.orders', { EBB_FOREIGN_URL: postgres.url });
}, 180_000);
beforeEach(async () => {
  await warehouse.clickhouse.command('DROP TABLE IF EXISTS raw.foreign_orders');
  await postgres.pool.query(`
    drop schema if exists shop cascade;
    create schema shop;
    create table shop.orders (id bigint primary key, amount numeric(12, 2), name text, at timestamptz, day date);
    insert into shop.orders values
      (1, 12.34, 'ä''"', '2026-01-01T01:00:00.123456+01:00', '2026-01-01'), (2, null, null, null, null),
      (9007199254740993, -9999999999.99, '', '1999-12-31T23:59:59Z', '1950-02-03');
  `);
});

const run = () => importTable(warehouse.clickhouse, from, 'foreign_orders');
const stored = (): Promise<unknown[]> => warehouse.clickhouse.query('SELECT * FROM raw.foreign_orders ORDER BY id');
const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));
const tables = async (): Promise<unknown[]> =>
  warehouse.clickhouse.query(`SELECT name FROM system.tables WHERE database = 'raw' AND name LIKE 'foreign_orders%'`);

test('every value arrives as it is: money, big numbers, NULL, time in UTC', async () => {
  expect(await run()).toMatchObject({ table: 'raw.foreign_orders', state: 'created', rows: 3 });
  expect(await stored()).toEqual([
    { id: '1', amount: '12.34', name: 'ä\'"', at: '2026-01-01 00:00:00.123456', day: '2026-01-01' },
    { id: '2', amount: null, name: null, at: null, day: null },
    { id: '9007199254740993', amount: '-9999999999.99', name: '', at: '1999-12-31 23:59:59.000000', day: '1950-02-03' },
  ]);
});

test('again it changes nothing, until something changed there', async () => {
  await run();
  expect(await run()).toMatchObject({ state: 'unchanged', rows: 3 });
  await postgres.pool.query(
    `delete from shop.orders where id = 1; update shop.orders set amount = 5 where id = 2; insert into shop.orders values (3)`,
  );
  expect(await run()).toMatchObject({ state: 'replaced', rows: 3 });
  expect(await stored()).toMatchObject([{ id: '2', amount: '5' }, { id: '3' }, { id: '9007199254740993' }]);
  await postgres.pool.query('alter table shop.orders add column note text');
  expect(await run()).toMatchObject({ state: 'replaced' });
  expect(await run()).toMatchObject({ state: 'unchanged' });
  expect(await tables()).toEqual([{ name: 'foreign_orders' }]);
});

test('a table that is gone or unreachable leaves the former import as it is', async () => {
  await run();
  await postgres.pool.query('drop table shop.orders');
  await expect(run()).rejects.toThrow(withCode('NO_ROWS_READ'));
  expect(await stored()).toHaveLength(3);
  expect(await tables()).toEqual([{ name: 'foreign_orders' }]);
});

test('what a killed import left behind is no obstacle, and no result', async () => {
  await warehouse.clickhouse.command(
    'CREATE TABLE raw.foreign_orders__loading ENGINE = MergeTree ORDER BY tuple() AS SELECT 1 AS half',
  );
  expect(await run()).toMatchObject({ state: 'created', rows: 3 });
  expect(await tables()).toEqual([{ name: 'foreign_orders' }]);
});

test('a table that no import made is never replaced, whatever the name asked for', async () => {
  const into = (target: string) => importTable(warehouse.clickhouse, from, target);
  await expect(into('web_events')).rejects.toThrow(withCode('NOT_AN_IMPORT'));
  await expect(into('Bad; name')).rejects.toThrow(withCode('BAD_TABLE'));
});

test('a password is in no error, no definition and no file of the warehouse', async () => {
  const secret = 'a-password-nobody-may-see';
  const wrong = importTable(warehouse.clickhouse, { ...from, user: 'nobody', password: secret }, 'foreign_orders');
  const message = await wrong.then(() => 'no error', errorMessage);
  expect(message).toMatch(/authentication failed|does not exist/);
  expect(message).not.toContain(secret);
  await run();
  const password = decodeURIComponent(new URL(postgres.url).password);
  const definition = await warehouse.clickhouse.query('SHOW CREATE TABLE raw.foreign_orders');
  const files = readdirSync(join(warehouse.dataDir, '..'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(sql|log|txt|err|xml)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(files.length).toBeGreaterThan(3);
  for (const text of [JSON.stringify(definition), ...files]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(password);
  }
});
