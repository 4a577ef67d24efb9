import type { Pool } from '@ebb/postgres';
import { parseMoney } from '@ebb/core';
import { CRM_TABLES, type CrmChange, type CrmTable } from '../crm/rows.ts';

export type TableRows = Record<string, Record<string, string | null>>;

/** What the changes leave behind, per table and id, every value as text. */
export function tablesAfter(changes: readonly CrmChange[]): Record<string, TableRows> {
  const tables: Record<string, TableRows> = Object.fromEntries(Object.keys(CRM_TABLES).map((table) => [table, {}]));
  for (const change of changes) {
    const rows = tables[change.table] ?? {};
    if (change.op === 'delete') delete rows[change.id];
    else if (change.op === 'delete_all') {
      for (const [id, row] of Object.entries(rows)) if (row['customer_id'] === change.customerId) delete rows[id];
    } else {
      const known = change.op === 'insert' ? emptyRow(change.table) : (rows[change.id] ?? {});
      const values = Object.entries(change.values).map(([column, value]) => [
        column,
        canonical(value, CRM_TABLES[change.table].types[column]),
      ]);
      rows[change.id] = { ...known, ...(Object.fromEntries(values) as Record<string, string | null>) };
    }
  }
  return tables;
}

/** What stands in the database, in the same form. */
export async function tablesInDatabase(pool: Pool, source: string): Promise<Record<string, TableRows>> {
  const tables: Record<string, TableRows> = {};
  for (const [table, { id, types }] of Object.entries(CRM_TABLES)) {
    const columns = Object.entries(types).map(([column, type]) => `${textOf(column, type)} AS ${column}`);
    const { rows } = await pool.query<Record<string, string | null>>(
      `SELECT ${id} AS _id, ${columns.join(', ')} FROM crm.${table} WHERE source = $1`,
      [source],
    );
    tables[table] = Object.fromEntries(rows.map(({ _id, ...row }) => [_id ?? '', row]));
  }
  return tables;
}

function emptyRow(table: CrmTable): Record<string, string | null> {
  return Object.fromEntries(Object.keys(CRM_TABLES[table].types).map((column) => [column, null]));
}

function canonical(value: string | number | boolean | null, type: string | undefined): string | null {
  if (value === null) return null;
  return type === 'numeric' ? String(parseMoney(String(value))) : String(value);
}

function textOf(column: string, type: string): string {
  if (type === 'timestamptz') return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  if (type === 'numeric') return `(${column} * 10000)::bigint::text`;
  return `${column}::text`;
}
