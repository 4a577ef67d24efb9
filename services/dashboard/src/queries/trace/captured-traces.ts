import type { Trace, TraceStep } from '../../api/trace-schema.ts';
import { isoOf } from '../../warehouse/instants.ts';
import { type BuildVector, publicationStep } from './build-vector.ts';
import {
  type CapturedSide,
  type Change,
  type CurrentRow,
  type KeyedRow,
  MOST_ROWS,
  type StoredRow,
} from './find-captured.ts';
import { type KeyedTable, tableName, viewName } from './keyed-tables.ts';

/** The sink's letters of what was done. */
const OPERATIONS: Readonly<Record<string, string>> = {
  c: 'created',
  u: 'updated',
  d: 'deleted',
  r: 'read as a whole',
};

/** The way of each row of each table. `side` is null where the warehouse did not answer. */
export function capturedTraces(
  tables: readonly KeyedTable[],
  { rows, side }: { rows: readonly StoredRow[]; side: CapturedSide | null },
  vector: BuildVector | null,
): Trace[] {
  return tables.flatMap((table) => {
    const name = tableName(table);
    const all = [...rows, ...(side?.changes ?? [])].filter((row) => row.table === name);
    const keys = new Map(all.map(({ key }) => [JSON.stringify(key), key]));
    return [...keys].slice(0, MOST_ROWS).map(([text, key]): Trace => {
      const isIt = (row: KeyedRow): boolean => row.table === name && JSON.stringify(row.key) === text;
      const steps = [...stepsInWarehouse(side?.changes.filter(isIt) ?? []), postgresStep(name, rows.find(isIt))];
      if (side !== null)
        steps.push(...lastSteps(table, side.changes.filter(isIt).at(-1), side.current.find(isIt), vector));
      return {
        table: name,
        key: Object.fromEntries(table.keys.map((column, at) => [column.name, key[at] ?? ''])),
        steps,
      };
    });
  });
}

function stepsInWarehouse(changes: readonly Change[]): TraceStep[] {
  return changes.flatMap(({ op, committedAt, kafkaAt, partition, offset }): TraceStep[] => [
    { hop: 'commit', at: isoOf(committedAt), detail: OPERATIONS[op] ?? op },
    { hop: 'change topic', at: isoOf(kafkaAt), detail: `partition ${partition} offset ${offset}` },
  ]);
}

function postgresStep(table: string, row: StoredRow | undefined): TraceStep {
  if (row === undefined) return { hop: 'postgres', at: null, detail: `no row in ${table}` };
  return { hop: 'postgres', at: row.storedAt?.toISOString() ?? null, detail: `${table}, as it stands now` };
}

function lastSteps(
  table: KeyedTable,
  last: Change | undefined,
  current: CurrentRow | undefined,
  vector: BuildVector | null,
): TraceStep[] {
  const view = `raw.${viewName(table)}_current`;
  const detail =
    current === undefined
      ? `no row in ${view}`
      : `${view}, ${current.version === last?.version ? 'of the last change' : 'not of the last change'}`;
  const state: TraceStep = { hop: 'clickhouse', at: null, detail };
  return last === undefined ? [state] : [state, publicationStep(vector, viewName(table), last)];
}
