import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { rowSecret, type RowSecret } from '../canonical/row-hash.ts';

/** The table of raw web events in the ledger's words. */
export const WEB_EVENTS = 'stream.web_events';

export async function loadSecret(pool: Pool): Promise<RowSecret> {
  const { rows } = await pool.query<{ secret: string }>('SELECT secret FROM ops.ledger_key');
  return rowSecret(z.string().min(32).parse(rows[0]?.secret));
}

export interface CapturedTable {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly topic: string;
  readonly oid: string;
  /** Estimate. */
  readonly rows: number;
  /** Changes so far, as the statistics count them. */
  readonly changes: string;
}

/** Tables of crm and sales that are captured: those with a primary key. */
export async function capturedTables(pool: Pool, topicPrefix: string): Promise<CapturedTable[]> {
  const { rows } = await pool.query<Record<string, string>>(
    `SELECT t.schema_name, t.table_name, t.table_oid::text AS oid, greatest(c.reltuples, 0)::bigint::text AS rows,
       concat_ws('/', s.n_tup_ins, s.n_tup_upd, s.n_tup_del) AS changes
     FROM ops.captured_tables() t
     JOIN pg_class c ON c.oid = t.table_oid
     LEFT JOIN pg_stat_all_tables s ON s.relid = t.table_oid
     WHERE t.schema_name IN ('crm', 'sales')
       AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.table_oid AND i.indisprimary AND i.indimmediate)
     ORDER BY 1, 2`,
  );
  return rows.map((row) => {
    const [schema = '', table = ''] = [row['schema_name'], row['table_name']];
    return {
      schema,
      table,
      name: `${schema}.${table}`,
      topic: `${topicPrefix}.${schema}.${table}`,
      oid: row['oid'] ?? '',
      rows: Number(row['rows'] ?? 0),
      changes: row['changes'] ?? '',
    };
  });
}
