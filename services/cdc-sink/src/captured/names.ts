import type { JournalTable } from './journal.ts';

/** Objects of `raw` that are not the sink's to make: those of the migrations. */
export const OTHERS: readonly string[] = [
  'live_order_day',
  'live_snapshots',
  'live_web_day',
  ...withView(
    'customer_profiles',
    'documents',
    'load_quarantine',
    'loaded_files',
    'retail_transactions_bronze',
    'web_events',
  ),
];

function withView(...names: string[]): string[] {
  return names.flatMap((name) => [name, `${name}_current`]);
}

export function viewNameOf({ schema, table }: { schema: string; table: string }): string {
  return `${schema}_${table}`;
}

/** Names of physical tables that are free: no other table or view in `raw` has them, nor the table itself. */
export function freeTables(
  viewName: string,
  own: JournalTable,
  others: readonly JournalTable[],
): Pick<JournalTable, 'stateTable' | 'logTable'> {
  const taken = new Set([
    ...OTHERS,
    ...tablesOf(own),
    ...others.flatMap((other) => [...tablesOf(other), ...viewsOf(other)]),
  ]);
  for (let generation = 1; ; generation += 1) {
    const stateTable = generation === 1 ? viewName : `${viewName}__g${generation}`;
    const logTable = `${stateTable}_log`;
    if (!taken.has(stateTable) && !taken.has(logTable)) return { stateTable, logTable };
  }
}

/**
 * Why views of this name cannot be made: ClickHouse would put them in the place of what has the name, rows and all. Only
 * the views of a table that was dropped may be replaced.
 */
export function refuseViews(viewName: string, others: readonly JournalTable[]): string | undefined {
  const kept = new Set(OTHERS);
  for (const other of others) {
    for (const name of tablesOf(other)) kept.add(name);
    if (other.status !== 'dropped') for (const name of viewsOf(other)) kept.add(name);
  }
  const found = viewsNamed(viewName).find((name) => kept.has(name));
  if (found === undefined) return undefined;
  return `raw.${found}, which would be a view of this table, is there for something else: rename this table, and it is captured from then on`;
}

function tablesOf({ stateTable, logTable }: JournalTable): string[] {
  return stateTable === '' ? [] : [stateTable, logTable];
}

function viewsOf({ stateTable, viewName }: JournalTable): string[] {
  return stateTable === '' ? [] : viewsNamed(viewName);
}

function viewsNamed(viewName: string): string[] {
  return [`${viewName}_current`, `${viewName}_history`];
}
