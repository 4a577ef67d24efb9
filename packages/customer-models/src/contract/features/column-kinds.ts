import type { FeatureColumn } from './feature-columns.ts';
import { isBlank, parseDay, parseNumber } from './text-table.ts';

export type LeftOutReason =
  /** Named by the caller. */
  | 'identifier'
  /** Every row, or nearly, has a value of its own, or the numbers count the rows. */
  | 'looks like an identifier'
  | 'constant'
  | 'blank'
  /** Most rows have a text of their own. */
  | 'free text';

export interface LeftOutColumn {
  readonly name: string;
  readonly reason: LeftOutReason;
}

export interface ReadColumn {
  readonly column: FeatureColumn;
  /** Cells that are no number in a column of numbers; they count as blank. */
  readonly unreadable: number;
}

/** So large a part of the filled cells must be numbers (or days) for the others to be slips. */
const NUMERIC_SHARE = 0.95;
const ALL_DISTINCT_SHARE = 0.9;
const FREE_TEXT_SHARE = 0.5;
/** In a shorter table distinct values say nothing. */
const MIN_ROWS_FOR_DISTINCT = 20;
const IDENTIFIER_NAME =
  /(?:^|[\s_.-])(?:id|uuid|guid|key|index|row|rownumber|rownum)$|[a-z](?:Id|ID|Key)$|^(?:row|unnamed)/i;

/** A column of text as a feature of the kind its cells speak for, or why it cannot be one. */
export function readColumn(name: string, cells: readonly string[]): ReadColumn | LeftOutColumn {
  const filled = cells.filter((cell) => !isBlank(cell));
  if (filled.length === 0) return { name, reason: 'blank' };
  const distinct = new Set(filled).size;
  // A value here and there and blank elsewhere is something to learn from.
  if (distinct === 1 && filled.length === cells.length) return { name, reason: 'constant' };
  const numeric = asNumbers(name, cells, filled, parseNumber) ?? asNumbers(name, cells, filled, parseDay);
  if (numeric !== null)
    return countsRows(name, numeric, distinct) ? { name, reason: 'looks like an identifier' } : numeric;
  if (cells.length >= MIN_ROWS_FOR_DISTINCT) {
    const share = distinct / filled.length;
    if (share >= ALL_DISTINCT_SHARE) return { name, reason: 'looks like an identifier' };
    if (share >= FREE_TEXT_SHARE) return { name, reason: 'free text' };
  }
  const values = cells.map((cell) => (isBlank(cell) ? null : cell));
  return { column: { kind: 'categorical', name, values }, unreadable: 0 };
}

function asNumbers(
  name: string,
  cells: readonly string[],
  filled: readonly string[],
  parse: (cell: string) => number,
): ReadColumn | null {
  const readable = filled.filter((cell) => !Number.isNaN(parse(cell))).length;
  if (readable < NUMERIC_SHARE * filled.length) return null;
  const values = Float64Array.from(cells, (cell) => (isBlank(cell) ? Number.NaN : parse(cell)));
  return { column: { kind: 'numeric', name, values }, unreadable: filled.length - readable };
}

/** Whole numbers, each once, that are called an identifier or run from the first to the last without a gap. */
function countsRows(name: string, { column }: ReadColumn, distinct: number): boolean {
  if (column.kind !== 'numeric') return false;
  const { values } = column;
  if (values.length < MIN_ROWS_FOR_DISTINCT || !values.every(Number.isInteger)) return false;
  if (distinct < ALL_DISTINCT_SHARE * values.length) return false;
  if (IDENTIFIER_NAME.test(name)) return true;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return distinct === values.length && high - low === values.length - 1;
}
