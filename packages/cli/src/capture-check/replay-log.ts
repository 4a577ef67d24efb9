import { type Clickhouse, quoteClickhouseName } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import {
  canonicalRow,
  clickhouseRows,
  describe,
  differentRows,
  keyOf,
  postgresRows,
  type Row,
  type TableDifference,
} from './compare-table.ts';
import { postgresName, type TableName, tableShape } from './table-shape.ts';

/** Plays the change log of a table from its beginning and compares what comes out with Postgres, column by column. */
export async function replayLog(pool: Pool, clickhouse: Clickhouse, name: TableName): Promise<TableDifference> {
  const shape = await tableShape(pool, name);
  const expected = await postgresRows(pool, name, shape);
  const label = `log of ${name.schema}.${name.table}`;
  try {
    const view = `raw.${quoteClickhouseName(`${name.schema}_${name.table}_history`)}`;
    const rows = await clickhouseRows(clickhouse, view, shape, await describe(clickhouse, view));
    const changes = rows.map((values) => {
      const row = canonicalRow(values, shape);
      const isDeleted = String(values['_meta_deleted']) === '1';
      return { version: BigInt(values['_meta_version'] ?? 0), isDeleted, row, key: keyOf(row, shape) };
    });
    const found = replay(changes, await barriers(pool, clickhouse, name));
    return { table: label, rows: changes.length, differences: differentRows(expected, { byKey: found, repeated: [] }) };
  } catch (error) {
    return { table: label, rows: 0, differences: [errorMessage(error)] };
  }
}

export interface LoggedChange {
  version: bigint;
  isDeleted: boolean;
  key: string;
  row: Row;
}

/** One change after the other; at a barrier everything older goes. */
export function replay(changes: readonly LoggedChange[], barriers: readonly bigint[]): Map<string, Row> {
  const state = new Map<string, Row>();
  const left = barriers.toSorted(byVersion);
  for (const { version, isDeleted, key, row } of changes.toSorted((a, b) => byVersion(a.version, b.version))) {
    for (let next = left[0]; next !== undefined && next <= version; next = left[0]) {
      state.clear();
      left.shift();
    }
    if (isDeleted) state.delete(key);
    else state.set(key, row);
  }
  if (left.length > 0) state.clear();
  return state;
}

function byVersion(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

async function barriers(pool: Pool, clickhouse: Clickhouse, name: TableName): Promise<bigint[]> {
  const oid = await pool.query<{ oid: string }>('SELECT $1::regclass::oid::text AS oid', [postgresName(name)]);
  const rows = await clickhouse.query<{ version: string }>(
    'SELECT DISTINCT toString(version) AS version FROM ops.barriers WHERE table_oid = {oid: UInt32}',
    { oid: oid.rows[0]?.oid },
  );
  return rows.map(({ version }) => BigInt(version));
}
