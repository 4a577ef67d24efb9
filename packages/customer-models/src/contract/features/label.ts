import { ContractModelError } from '../errors.ts';
import { columnCells, isBlank, placeOf, type TextTable } from './text-table.ts';

export interface Label {
  readonly column: string;
  /** The value that means churn, as it stands in the table. */
  readonly positive: string;
  /** 1: churned. */
  readonly labels: Uint8Array;
  readonly positives: number;
}

/** Words for "gone"; one of the two values must be among them, or the caller says which it is. */
const POSITIVE_WORDS = new Set(
  'yes y true t 1 churn churned left leaver gone lost exited exit cancelled canceled attrited closed inactive positive'
    .split(' ')
    .concat('attrited customer', '1.0'),
);

/**
 * Reads the label. Without `positive` the column must have two values, one of which is a word for churn.
 * Raises UNKNOWN_COLUMN, EMPTY_TABLE, BLANK_LABEL, NOT_TWO_CLASSES, UNKNOWN_POSITIVE, ONE_CLASS.
 */
export function readLabel(table: TextTable, column: string, positive?: string): Label {
  const cells = columnCells(table, column);
  if (cells.length === 0) throw new ContractModelError('EMPTY_TABLE', 'the table has no rows');
  const blank = cells.findIndex(isBlank);
  if (blank >= 0) {
    const shown = JSON.stringify(cells[blank]);
    const what = `label ${JSON.stringify(column)} is ${shown} in ${placeOf(table, blank)}`;
    throw new ContractModelError('BLANK_LABEL', `${what}: remove rows whose outcome is not known`);
  }
  const values = [...new Set(cells)].toSorted();
  const chosen = positive === undefined ? detectPositive(column, values) : namedPositive(column, values, positive);
  const labels = Uint8Array.from(cells, (cell) => (cell === chosen ? 1 : 0));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (values.length === 1) throw oneClass(column, values[0] ?? '', cells.length);
  return { column, positive: chosen, labels, positives };
}

function oneClass(column: string, value: string, rows: number): ContractModelError {
  const what = `label ${JSON.stringify(column)} is ${JSON.stringify(value)} in all ${rows} rows`;
  return new ContractModelError('ONE_CLASS', `${what}: rows of customers who left and who stayed are needed`);
}

function namedPositive(column: string, values: readonly string[], positive: string): string {
  const wanted = positive.trim();
  const found = values.find((value) => value === wanted) ?? values.find((value) => sameText(value, wanted));
  if (found !== undefined) return found;
  throw new ContractModelError(
    'UNKNOWN_POSITIVE',
    `no row has the label ${JSON.stringify(positive)}; column ${JSON.stringify(column)} has ${listed(values)}`,
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase() || (a !== '' && b !== '' && Number(a) === Number(b));
}

function detectPositive(column: string, values: readonly string[]): string {
  if (values.length === 1) return values[0] ?? '';
  if (values.length > 2) {
    const what = `label ${JSON.stringify(column)} has ${values.length} values (${listed(values)})`;
    throw new ContractModelError('NOT_TWO_CLASSES', `${what}: say which one means churn with --positive VALUE`);
  }
  const known = values.filter((value) => POSITIVE_WORDS.has(value.toLowerCase()));
  if (known.length === 1 && known[0] !== undefined) return known[0];
  const what = `it cannot be told which of ${listed(values)} in column ${JSON.stringify(column)} means churn`;
  throw new ContractModelError('UNKNOWN_POSITIVE', `${what}: say it with --positive VALUE`);
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 6).map((value) => JSON.stringify(value));
  return values.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
