import type { Pool, PoolClient } from '@ebb/postgres';
import { withTransaction } from '@ebb/postgres';
import { BANK_FIXTURE_SOURCE } from '../crm/crm-flags.ts';
import { CRM_TABLES, type CrmTable } from '../crm/rows.ts';
import { activityUntil } from './bank-activity.ts';
import { type FixtureRow, readBankTable } from './bank-file.ts';

export interface LoadedTable {
  table: CrmTable;
  /** Rows of the fixture. */
  rows: number;
  inserted: number;
  /** Rows that differed from the fixture and were put back. */
  restored: number;
}

export interface LoadReport {
  tables: LoadedTable[];
  /** Rows of life after the fixture's day that were missing. */
  activity: number;
}

const ORDER: readonly CrmTable[] = ['customers', 'transactions', 'support_tickets', 'offers', 'usage_logs'];

/**
 * Puts the bank's 20 customers and all that is theirs into the tables, in one transaction. Loading again changes only
 * what differs: 20 in, 20 out.
 */
export function loadBank(pool: Pool, untilMs: number): Promise<LoadReport> {
  return withTransaction(pool, async (client) => {
    const tables: LoadedTable[] = [];
    for (const table of ORDER) {
      const rows = readBankTable(table);
      tables.push({ table, rows: rows.length, ...(await restore(client, table, rows)) });
    }
    const activity = activityUntil(untilMs);
    let added = 0;
    for (const table of ['transactions', 'usage_logs'] as const) {
      const rows = activity.filter((row) => row.table === table);
      added += await addMissing(client, table, rows);
    }
    return { tables, activity: added };
  });
}

async function restore(
  client: PoolClient,
  table: CrmTable,
  rows: readonly FixtureRow[],
): Promise<{ inserted: number; restored: number }> {
  const { id } = CRM_TABLES[table];
  const columns = columnsOf(rows);
  const old = columns.map((column) => `t.${column}`).join(', ');
  const fresh = columns.map((column) => `excluded.${column}`).join(', ');
  const result = await client.query<{ is_new: boolean }>(
    `INSERT INTO crm.${table} AS t (source, ${[id, ...columns].join(', ')}) ${selection(table, columns)}
    ON CONFLICT (source, ${id}) DO UPDATE SET (${columns.join(', ')}) = ROW (${fresh})
    WHERE (${old}) IS DISTINCT FROM (${fresh})
    RETURNING xmax = 0 AS is_new`,
    parameters(rows, columns),
  );
  const inserted = result.rows.filter((row) => row.is_new).length;
  return { inserted, restored: result.rows.length - inserted };
}

/** What lives on may have changed since it was written; only what is missing is added. */
async function addMissing(client: PoolClient, table: CrmTable, rows: readonly FixtureRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const columns = columnsOf(rows);
  const { rowCount } = await client.query(
    `INSERT INTO crm.${table} (source, ${[CRM_TABLES[table].id, ...columns].join(', ')}) ${selection(table, columns)}
    ON CONFLICT DO NOTHING`,
    parameters(rows, columns),
  );
  return rowCount ?? 0;
}

function columnsOf(rows: readonly FixtureRow[]): string[] {
  return Object.keys(rows[0]?.values ?? {});
}

function selection(table: CrmTable, columns: readonly string[]): string {
  const { types } = CRM_TABLES[table];
  const arrays = columns.map((column, index) => `$${String(index + 3)}::${types[column] ?? 'text'}[]`);
  return `SELECT $1, * FROM unnest(${['$2::text[]', ...arrays].join(', ')})`;
}

function parameters(rows: readonly FixtureRow[], columns: readonly string[]): unknown[] {
  return [
    BANK_FIXTURE_SOURCE,
    rows.map((row) => row.id),
    ...columns.map((column) => rows.map((row) => row.values[column] ?? null)),
  ];
}
