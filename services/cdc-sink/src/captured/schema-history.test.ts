import { expect, test } from 'vitest';
import type { HistoryRow } from './history-row.ts';
import { SchemaHistory } from './schema-history.ts';
import { column, historyRow } from './testing/column.ts';
import { recordedHistory } from './testing/fixtures.ts';

const columns = [column(1, 'id integer', { keyPosition: 1 })];
let id = 0n;

function row(lsn: bigint, over: Partial<HistoryRow> = {}): HistoryRow {
  id += 1n;
  return historyRow({ id, lsn, columns, table: 'a', oid: 1, ...over });
}

function historyOf(...rows: HistoryRow[]): SchemaHistory {
  const history = new SchemaHistory();
  history.append(rows);
  return history;
}

test('a change was made under the last schema at or before its position', () => {
  const [first, second] = [row(100n), row(200n)];
  const history = historyOf(first, second);
  expect([100n, 199n, 200n, 999n].map((lsn) => history.at(1, 'crm.a', lsn))).toEqual([first, first, second, second]);
  // Rows of a snapshot that began before the first row was written.
  expect(history.at(1, 'crm.a', 5n)).toBe(first);
  expect(history.at(1, 'crm.b', 100n)).toBeUndefined();
});

test('names follow tables that are renamed, dropped and made again', () => {
  const made = row(100n);
  const renamed = row(200n, { table: 'b' });
  const other = row(300n, { oid: 2 });
  const dropped = row(400n, { table: 'b', kind: 'drop', columns: [] });
  const history = historyOf(made, renamed, other, dropped);
  expect(history.at(1, 'crm.a', 150n)).toBe(made);
  expect(history.at(1, 'crm.a', 250n)).toBeUndefined();
  expect(history.at(1, 'crm.a', 350n)).toBe(other);
  expect(history.at(1, 'crm.b', 250n)).toBe(renamed);
  expect(history.at(1, 'crm.b', 450n)).toBeUndefined();
  expect(history.candidates(1, 'crm.a')).toEqual([other, made]);
});

test('two tables change names', () => {
  const [a, b] = [row(100n), row(101n, { table: 'b', oid: 2 })];
  const away = row(200n, { table: 'x' });
  const [c, d] = [row(201n, { oid: 2 }), row(202n, { table: 'b' })];
  const history = historyOf(a, b, away, c, d);
  expect([150n, 201n, 250n].map((lsn) => history.at(1, 'crm.a', lsn)?.oid)).toEqual([1, 2, 2]);
  expect([150n, 250n].map((lsn) => history.at(1, 'crm.b', lsn)?.oid)).toEqual([2, 1]);
});

test('positions of another epoch mean nothing', () => {
  const [old, latest] = [row(5000n), row(5100n)];
  const restored = row(300n, { kind: 'initial', origin: 'initial' });
  const history = historyOf(old, latest, restored);
  history.setEpochs([
    { epoch: 2, firstDdlId: restored.id, isSnapshotComplete: false },
    { epoch: 1, firstDdlId: old.id, isSnapshotComplete: true },
  ]);
  expect(history.at(1, 'crm.a', 9000n)).toBe(latest);
  expect(history.at(2, 'crm.a', 9000n)).toBe(restored);
  expect([old, latest, restored].map((each) => history.epochOf(each))).toEqual([1, 1, 2]);
});

test('rows of transactions that committed late take their place', () => {
  const [late, early] = [row(100n), row(200n)];
  const history = historyOf(early);
  history.append([late]);
  expect(history.rows).toEqual([late, early]);
  expect(history.at(1, 'crm.a', 150n)).toBe(late);
});

test('reads what Postgres writes', () => {
  const rows = recordedHistory();
  expect(rows.map(({ id: rowId, kind, table, rewrites }) => [Number(rowId), kind, table, rewrites])).toEqual([
    [12, 'create', 'all_types', false],
    [13, 'create', 'fixture', false],
    [14, 'alter', 'fixture', false],
    [15, 'alter', 'fixture', false],
    [16, 'alter', 'fixture', true],
    [17, 'alter', 'fixture', false],
    [18, 'create', 'keyless', false],
    [19, 'create', 'keyed_as', false],
    [20, 'alter', 'keyed_as', false],
    [21, 'create', 'defpk', false],
  ]);
  expect(rows[2]?.columns.at(-1)).toMatchObject({ name: 'extra', default: 'constant', missingValue: '42' });
});
