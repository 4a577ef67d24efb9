import { ContractModelError } from '../errors.ts';

/** NaN: blank. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  readonly values: Float64Array;
}

/** Null: blank. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** One feature of all customers, in the order of the rows. */
export type FeatureColumn = NumericColumn | CategoricalColumn;

/** Rows of the columns; raises NO_FEATURES, EMPTY_TABLE, or BAD_FEATURE for unequal lengths and infinite numbers. */
export function checkedRowCount(columns: readonly FeatureColumn[]): number {
  const [first] = columns;
  if (first === undefined) throw new ContractModelError('NO_FEATURES', 'no feature is left to learn from');
  const rows = first.values.length;
  if (rows === 0) throw new ContractModelError('EMPTY_TABLE', `feature ${JSON.stringify(first.name)} has no rows`);
  for (const column of columns) checkColumn(column, rows);
  return rows;
}

function checkColumn(column: FeatureColumn, rows: number): void {
  const name = JSON.stringify(column.name);
  if (column.values.length !== rows) {
    throw new ContractModelError('BAD_FEATURE', `feature ${name} has ${column.values.length} values for ${rows} rows`);
  }
  if (column.kind === 'categorical') return;
  const bad = column.values.findIndex((value) => value === Infinity || value === -Infinity);
  if (bad >= 0)
    throw new ContractModelError('BAD_FEATURE', `feature ${name} is infinite in row ${bad}: leave it blank`);
}

/** The same columns for some of the rows. */
export function selectRows(columns: readonly FeatureColumn[], rows: Uint32Array): FeatureColumn[] {
  return columns.map((column) =>
    column.kind === 'numeric'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) }
      : { ...column, values: Array.from(rows, (row) => column.values[row] ?? null) },
  );
}
