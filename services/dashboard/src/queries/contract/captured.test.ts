import { expect, test } from 'vitest';
import { capturedTables } from './captured.ts';

type Row = Parameters<typeof capturedTables>[0][number];

const column = (attnum: number, name: string, type = 'text'): Row['columns'][number] => ({
  attnum,
  name,
  type,
  not_null: false,
  key_position: attnum === 1 ? 1 : null,
});

let minute = 0;
const row = (oid: string, name: string, kind: string, ...columns: Row['columns']): Row => ({
  oid,
  name,
  kind,
  columns,
  at: new Date(Date.UTC(2026, 0, 1, 0, (minute += 1))),
});

test('a version for every set of columns, none for what leaves them as they are', () => {
  const [table] = capturedTables([
    row('1', 'crm.a', 'create', column(1, 'id'), column(2, 'note')),
    row('1', 'crm.a', 'alter', column(1, 'id'), column(2, 'note')),
    row('1', 'crm.a', 'alter', column(1, 'id'), column(2, 'remark', 'varchar(9)'), column(3, 'more', 'integer')),
    row('1', 'crm.a', 'alter', { ...column(1, 'id'), not_null: true }, column(3, 'more', 'integer')),
  ]);
  expect(table?.versions.map(({ version, changes }) => ({ version, changes }))).toEqual([
    { version: 1, changes: [] },
    { version: 2, changes: ['note renamed to remark', 'remark from text to varchar(9)', 'more integer added'] },
    { version: 3, changes: ['id must be there', 'remark removed'] },
  ]);
  expect(table?.columns).toEqual([
    { name: 'id', type: 'text', isKey: true, isNullable: false },
    { name: 'more', type: 'integer', isKey: false, isNullable: true },
  ]);
});

test('a dropped table is gone, a renamed one keeps its versions, one made anew goes on with them', () => {
  const tables = capturedTables([
    row('1', 'crm.gone', 'create', column(1, 'id')),
    row('2', 'crm.old', 'create', column(1, 'id')),
    row('3', 'crm.again', 'create', column(1, 'id')),
    row('1', 'crm.gone', 'drop'),
    row('2', 'crm.new', 'rename', column(1, 'id'), column(2, 'x')),
    row('3', 'crm.again', 'drop'),
    row('4', 'crm.again', 'create', column(1, 'id'), column(2, 'y')),
  ]);
  expect(tables.map(({ name, versions }) => [name, versions.map(({ changes }) => changes)])).toEqual([
    ['crm.again', [[], ['y text added']]],
    ['crm.new', [[], ['x text added']]],
  ]);
});
