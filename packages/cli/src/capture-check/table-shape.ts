import { type Pool, quoteIdentifier } from '@ebb/postgres';
import { type Canon, canonOf } from './canonical.ts';

export interface TableName {
  schema: string;
  table: string;
}

export interface ShapeColumn {
  name: string;
  isKey: boolean;
  canon: Canon;
}

const SQL = `
  SELECT a.attname AS name, t.typname, e.typname AS element,
    coalesce(a.attnum = ANY (k.indkey), false) AS is_key, a.atttypmod <> -1 AS has_precision
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
  LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
  WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

/** Columns of a table as Postgres has them now. */
export async function tableShape(pool: Pool, name: TableName): Promise<ShapeColumn[]> {
  const { rows } = await pool.query<{
    name: string;
    typname: string;
    element: string | null;
    is_key: boolean;
    has_precision: boolean;
  }>(SQL, [postgresName(name)]);
  return rows.map((row) => ({
    name: row.name,
    isKey: row.is_key,
    canon: canonOf({
      typname: row.element ?? row.typname,
      isArray: row.element !== null,
      hasPrecision: row.has_precision,
    }),
  }));
}

/** Tables of the captured schemas that can be captured: those with a primary key. */
export async function capturedTables(pool: Pool): Promise<TableName[]> {
  const { rows } = await pool.query<{ schema: string; table: string }>(
    `SELECT n.nspname AS schema, c.relname AS table
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE n.nspname IN ('crm', 'sales') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1, 2`,
  );
  return rows;
}

export function postgresName({ schema, table }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}
