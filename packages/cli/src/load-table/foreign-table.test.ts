import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEbbError } from '@ebb/core';
import { expect, test } from 'vitest';
import { defaultTarget, foreignTable } from './foreign-table.ts';

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));
const SECRET = 'hunter2';

test('an address, a table and a password from the environment', () => {
  const env = { EBB_FOREIGN_PASSWORD: SECRET };
  expect(foreignTable('postgresql://me%40x@db.example/shop', 'sales.orders', env)).toEqual({
    kind: 'postgresql',
    address: 'db.example:5432',
    database: 'shop',
    schema: 'sales',
    table: 'orders',
    user: 'me@x',
    password: SECRET,
  });
  expect(foreignTable('postgres://me@db:6543/shop', 'orders', {})).toMatchObject({ schema: 'public', password: '' });
  for (const protocol of ['mysql', 'mariadb']) {
    expect(foreignTable(`${protocol}://me@db/shop`, 'orders', env)).toMatchObject({
      kind: 'mysql',
      address: 'db:3306',
      schema: null,
    });
  }
});

test('password and address may stand in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-foreign-'));
  try {
    writeFileSync(join(folder, 'password'), `${SECRET}\n`);
    writeFileSync(join(folder, 'url'), `mysql://me:p%20w@db/shop\n`);
    const password = { EBB_FOREIGN_PASSWORD_FILE: join(folder, 'password') };
    expect(foreignTable('mysql://me@db/shop', 't', password).password).toBe(SECRET);
    expect(foreignTable('-', 't', { EBB_FOREIGN_URL_FILE: join(folder, 'url') })).toMatchObject({ password: 'p w' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a password on the command line is refused, and repeated nowhere', () => {
  for (const url of [`postgresql://me:${SECRET}@db/shop`, `nonsense:${SECRET}`, `mysql://${SECRET}@db`]) {
    expect(() => foreignTable(url, 't', {})).toThrow(expect.not.stringContaining(SECRET));
    expect(() => foreignTable(url, 't', {})).not.toThrow(SECRET);
  }
  expect(() => foreignTable(`postgresql://me:${SECRET}@db/shop`, 't', {})).toThrow(withCode('PASSWORD_IN_ARGUMENT'));
  expect(() => foreignTable('-', 't', { EBB_FOREIGN_URL: `oracle://me:${SECRET}@db/x` })).not.toThrow(SECRET);
});

test.each(['http://me@db/shop', 'postgresql://db/shop', 'postgresql://me@db', 'postgresql://me@db/', '', 'shop'])(
  'the address %j is refused',
  (url) => {
    expect(() => foreignTable(url, 't', {})).toThrow(withCode('BAD_URL'));
  },
);

test('table names that are none are refused', () => {
  for (const table of ['', '.', 'a.', '.b', 'a.b.c']) {
    expect(() => foreignTable('postgresql://me@db/shop', table, {}), table).toThrow(withCode('BAD_TABLE'));
  }
  expect(() => foreignTable('mysql://me@db/shop', 'a.b', {})).toThrow(withCode('BAD_TABLE'));
});

test('the table here is named after the one there', () => {
  expect(defaultTarget(foreignTable('postgresql://me@db/My-Shop', 'Sales.Orders', {}))).toBe(
    'foreign_my_shop_sales_orders',
  );
  expect(defaultTarget(foreignTable('postgresql://me@db/shop', 'orders', {}))).toBe('foreign_shop_orders');
});
