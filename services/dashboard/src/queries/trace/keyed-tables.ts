import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Queryable } from '../rows.ts';

/** A captured table with the columns of its key, in their order. */
export interface KeyedTable {
  readonly schema: string;
  readonly table: string;
  readonly keys: readonly KeyColumn[];
  /** Column that says when a row was last written; null where there is none. */
  readonly storedAt: string | null;
}

export interface KeyColumn {
  readonly name: string;
  readonly isText: boolean;
}

/** The part of a key that says whose row it is, and not which. */
const SOURCE = 'source';

/** Columns of the key that an id may stand in. */
export function searchedColumns({ keys }: KeyedTable): string[] {
  return keys.filter(({ name, isText }) => isText && name !== SOURCE).map(({ name }) => name);
}

/** As Postgres names it. */
export function tableName({ schema, table }: KeyedTable): string {
  return `${schema}.${table}`;
}

/** The table of its views in the warehouse, and of its rows in the vectors of builds. */
export function viewName({ schema, table }: KeyedTable): string {
  return `${schema}_${table}`;
}

/** Captured tables that can be searched for a text. */
export async function readKeyedTables(db: Queryable): Promise<KeyedTable[]> {
  const { rows } = await db.query<KeyedTable>(
    `SELECT t.schema_name AS schema, t.table_name AS table,
       json_agg(json_build_object('name', a.attname, 'isText', a.atttypid IN ('text'::regtype, 'varchar'::regtype))
         ORDER BY k.position) AS keys,
       (SELECT min(w.attname::text) FROM pg_attribute w WHERE w.attrelid = t.table_oid AND NOT w.attisdropped
         AND w.attname IN ('_processed_at', 'updated_at')) AS "storedAt"
     FROM ops.captured_tables() t
     JOIN pg_index i ON i.indrelid = t.table_oid AND i.indisprimary AND i.indimmediate
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
     JOIN pg_attribute a ON a.attrelid = t.table_oid AND a.attnum = k.attnum
     WHERE t.schema_name IN ('crm', 'sales')
     GROUP BY t.schema_name, t.table_name, t.table_oid ORDER BY 1, 2`,
  );
  return rows.filter((table) => searchedColumns(table).length > 0);
}

/** Columns of a table's history that say where in its change topic a row comes from. */
export interface Position {
  readonly partition: string;
  readonly offset: string;
  readonly kafkaTime: string;
}

/**
 * The same by the name of its views, of tables that the warehouse has. Where a table has columns of these names itself,
 * the sink's are called otherwise.
 */
export async function readPositions(warehouse: Warehouse): Promise<Map<string, Position>> {
  const rows = await warehouse.query<{ name: string; columns: string[] }>(
    `SELECT replaceRegexpOne(c.table, '_history$', '') AS name, groupArray(c.name) AS columns
     FROM system.columns AS c WHERE c.database = 'raw' AND endsWith(c.table, '_history') GROUP BY c.table`,
  );
  return new Map(
    rows.map(({ name, columns }) => {
      const nameOf = (meta: string): string => (columns.includes(`_cdc_${meta}`) ? `_cdc_${meta}` : `_${meta}`);
      return [name, { partition: nameOf('partition'), offset: nameOf('offset'), kafkaTime: nameOf('kafka_time') }];
    }),
  );
}
