import type { Action } from './actions.ts';
import { planColumns } from './column-planner.ts';
import { columnTypeOf } from './column-type.ts';
import type { HistoryColumn, HistoryRow } from './history-row.ts';
import { type JournalTable, type PhysicalColumn } from './journal.ts';
import { freeTables, refuseViews, viewNameOf } from './names.ts';

export interface Plan {
  readonly table: JournalTable;
  readonly actions: readonly Action[];
  readonly result: 'applied' | 'noop' | 'stopped';
  /** What was done, or why the table stops, for the drift report. */
  readonly notes: readonly string[];
}

export interface PlanContext {
  readonly epoch: number;
  /** What the journal knows of all other tables. */
  readonly others: readonly JournalTable[];
}

/**
 * What a row of the schema history asks of ClickHouse. Pure: the same journal and row give the same plan, so that after a
 * crash half way the actions are simply run again. Each row holds the whole column set, hence only differences to the
 * journal count, and a change that was missed is made up for by the next row.
 */
export function planChange(known: JournalTable | undefined, row: HistoryRow, context: PlanContext): Plan {
  const base = known ?? emptyTable(row);
  const at = { schema: row.schema, table: row.table, epoch: context.epoch, ddlId: row.id };
  if (row.kind === 'drop') {
    const table: JournalTable = { ...base, ...at, status: 'dropped', reason: 'dropped in Postgres; kept here' };
    return { table, actions: [], result: 'applied', notes: ['table dropped in Postgres: its rows are kept'] };
  }
  const columns = row.columns.filter(({ isVirtual }) => !isVirtual);
  const refusal = refuse(columns) ?? refuseViews(viewNameOf(row), context.others);
  if (refusal !== undefined) {
    const table: JournalTable = { ...base, ...at, status: 'stopped', reason: refusal };
    return { table, actions: [], result: 'stopped', notes: [refusal] };
  }
  const active = { ...base, ...at, status: 'active', reason: '' } as const;
  return base.stateTable === '' ? planCreate(active, row, context) : planAlter(base, active, row, context);
}

/** Why a table with these columns cannot be captured without losing something. */
function refuse(columns: readonly HistoryColumn[]): string | undefined {
  if (!columns.some(({ keyPosition }) => keyPosition !== null)) {
    return 'the table has no primary key: add one, and the table is captured from then on';
  }
  for (const column of columns) {
    const verdict = columnTypeOf(column);
    if (!verdict.isSupported) return `${verdict.reason}: change its type, or move it to a table that is not captured`;
    if (column.keyPosition !== null && verdict.type.kind === 'Array') return `array ${column.name} in the primary key`;
  }
  return undefined;
}

function planCreate(table: JournalTable, row: HistoryRow, context: PlanContext): Plan {
  const planned = planColumns(table, row, true);
  const viewName = viewNameOf(row);
  const names = freeTables(viewName, table, context.others);
  const created: JournalTable = { ...table, ...names, ...planned.key, viewName, columns: planned.columns };
  return {
    table: created,
    actions: [
      { kind: 'create', table: created },
      { kind: 'views', table: created },
    ],
    result: 'applied',
    notes: [`created raw.${created.stateTable} with ${planned.columns.length} columns`],
  };
}

function planAlter(before: JournalTable, active: JournalTable, row: HistoryRow, context: PlanContext): Plan {
  const viewName = viewNameOf(row);
  const planned = planColumns(before, row, false);
  const notes = [...planned.notes];
  const after: JournalTable = { ...active, columns: planned.columns, viewName };
  const actions: Action[] = planned.actions(after);
  let table = after;
  if (!hasSameKey(before, planned.key)) {
    const names = freeTables(before.viewName, before, context.others);
    table = { ...after, ...names, ...planned.key, viewName, columns: withKey(after, planned.key.key) };
    actions.push({ kind: 'rebuild', from: after, to: table });
    notes.push(`primary key changed: raw.${table.stateTable} built from raw.${before.logTable}`);
  }
  if (before.viewName !== viewName) {
    actions.push({ kind: 'drop_views', viewName: before.viewName });
    notes.push(`table renamed from ${before.schema}.${before.table}: the views follow, raw.${table.stateTable} stays`);
  }
  if (row.rewrites)
    notes.push('rows were rewritten in Postgres: values are current when the table has been read again');
  const isRestart = before.status !== 'active';
  if (notes.length > 0 || isRestart) actions.push({ kind: 'views', table });
  if (isRestart) notes.push(before.status === 'stopped' ? 'the table goes on' : 'the table is back');
  if (notes.length === 0) return { table, actions, result: 'noop', notes: ['nothing to change in ClickHouse'] };
  return { table, actions, result: 'applied', notes };
}

/** Columns as the tables with the new key have them: its columns never NULL, those that left it as Postgres says. */
function withKey({ columns, key }: JournalTable, newKey: readonly string[]): PhysicalColumn[] {
  return columns.map((column) => {
    if (newKey.includes(column.physical)) return { ...column, isNullable: false };
    const left = key.includes(column.physical) && (column.untilDdlId !== null || !column.attNotNull);
    return left ? { ...column, isNullable: true } : column;
  });
}

function hasSameKey(table: JournalTable, wanted: Pick<JournalTable, 'key'>): boolean {
  return table.key.length === wanted.key.length && wanted.key.every((name) => table.key.includes(name));
}

function emptyTable(row: HistoryRow): JournalTable {
  return {
    oid: row.oid,
    schema: row.schema,
    table: row.table,
    status: 'active',
    reason: '',
    stateTable: '',
    logTable: '',
    key: [],
    keyAttnums: [],
    columns: [],
    viewName: viewNameOf(row),
    epoch: 0,
    ddlId: 0n,
  };
}
