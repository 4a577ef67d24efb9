import { z } from 'zod';
import type { TableContract } from '../../api/contract-schema.ts';
import type { Queryable } from '../rows.ts';
import { type ColumnSet, columnSet, describeChanges } from './column-changes.ts';

const historyRow = z.object({ oid: z.string(), name: z.string(), kind: z.string(), at: z.date(), columns: columnSet });
type HistoryRow = z.infer<typeof historyRow>;

const HISTORY = `
SELECT h.table_oid::text AS oid, h.schema_name || '.' || h.table_name AS name, h.kind, h.at, h.columns
FROM ops.ddl_history h WHERE h.schema_name IN ('crm', 'sales') ORDER BY h.id`;

/** Every captured table with its columns now, and how they became so. */
export async function readCapturedTables(db: Queryable): Promise<TableContract[]> {
  const { rows } = await db.query(HISTORY);
  return capturedTables(z.array(historyRow).parse(rows));
}

/** Tables by name. A renamed table keeps its versions; one that was made anew under an old name goes on with them. */
export function capturedTables(history: readonly HistoryRow[]): TableContract[] {
  const lastOf = new Map(history.map((row) => [row.oid, row]));
  const current = [...lastOf.values()].filter(({ kind }) => kind !== 'drop');
  const byName = new Map(current.map((row) => [row.name, row]));
  return [...byName.values()]
    .map(({ name, columns }) => {
      const oids = new Set(current.filter((row) => row.name === name).map(({ oid }) => oid));
      const own = history.filter((row) => row.kind !== 'drop' && (oids.has(row.oid) || row.name === name));
      return { name, topic: `cdc.${name}`, columns: columns.map(columnOf), versions: versionsOf(own) };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function versionsOf(rows: readonly HistoryRow[]): TableContract['versions'] {
  const versions: TableContract['versions'] = [];
  let before: ColumnSet | null = null;
  for (const { at, columns } of rows) {
    const changes = before === null ? [] : describeChanges(before, columns);
    // Statements that leave the columns as they are, such as a new index, make no version.
    if (before === null || changes.length > 0) {
      versions.push({ version: versions.length + 1, at: at.toISOString(), changes });
    }
    before = columns;
  }
  return versions;
}

function columnOf({ name, type, not_null, key_position }: ColumnSet[number]): TableContract['columns'][number] {
  return { name, type, isKey: key_position !== null, isNullable: !not_null };
}
