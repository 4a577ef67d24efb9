import { ContractModelError } from '../errors.ts';
import { type LeftOutColumn, readColumn } from './column-kinds.ts';
import type { FeatureColumn } from './feature-columns.ts';
import { type Label, readLabel } from './label.ts';
import { columnCells, isBlank, placeOf, type TextTable } from './text-table.ts';

export interface LabelledTableOptions {
  readonly label: string;
  /** Value of the label that means churn; found by itself for words such as Yes, True, 1, Churned. */
  readonly positive?: string;
  /** Column that names the customer; it is no feature, and names the scores. */
  readonly id?: string;
}

export interface LabelledTable {
  readonly label: Label;
  readonly features: readonly FeatureColumn[];
  /** Per row: the identifier, or the row's number from 1. */
  readonly customers: readonly string[];
  readonly leftOut: readonly LeftOutColumn[];
  /** What a reader of the result must know: unreadable cells, features that alone tell the label. */
  readonly warnings: readonly string[];
}

/**
 * Features and label of a table of text. The kinds of columns are found from their cells; what can be no feature is
 * left out and said so. Raises the codes of `readLabel`, REPEATED_CUSTOMER, ONE_CUSTOMER and NO_FEATURES.
 */
export function readLabelledTable(table: TextTable, options: LabelledTableOptions): LabelledTable {
  const { label: labelName, id } = options;
  if (id !== undefined && id === labelName) {
    throw new ContractModelError('BAD_ARGUMENT', `column ${JSON.stringify(id)} cannot be both label and identifier`);
  }
  const customers = id === undefined ? table.rows.map((_, row) => String(row + 1)) : readCustomers(table, id);
  if (table.rows.length === 1) {
    throw new ContractModelError('ONE_CUSTOMER', 'the table has one customer: a model needs customers to compare');
  }
  const label = readLabel(table, labelName, options.positive);
  const leftOut: LeftOutColumn[] = id === undefined ? [] : [{ name: id, reason: 'identifier' }];
  const features: FeatureColumn[] = [];
  const warnings: string[] = [];
  for (const name of table.columns) {
    if (name === labelName || name === id) continue;
    const read = readColumn(name, columnCells(table, name));
    if ('reason' in read) leftOut.push(read);
    else features.push(read.column);
    if ('unreadable' in read) warnings.push(...warningsOf(read.column, read.unreadable, label));
  }
  if (features.length > 0) return { label, features, customers, leftOut, warnings };
  const list = leftOut.map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`).join(', ');
  throw new ContractModelError('NO_FEATURES', `no column is left to learn from; left out: ${list || 'none'}`);
}

function readCustomers(table: TextTable, id: string): string[] {
  const customers = columnCells(table, id);
  const firstRow = new Map<string, number>();
  for (const [row, customer] of customers.entries()) {
    const earlier = firstRow.get(customer);
    if (isBlank(customer)) {
      throw new ContractModelError('BAD_FEATURE', `${placeOf(table, row)} has no ${JSON.stringify(id)}`);
    }
    firstRow.set(customer, earlier ?? row);
    if (earlier === undefined) continue;
    if (new Set(customers).size === 1) {
      throw new ContractModelError('ONE_CUSTOMER', `all ${customers.length} rows are of customer ${customer}`);
    }
    const where = `${placeOf(table, earlier)} and ${placeOf(table, row)}`;
    throw new ContractModelError(
      'REPEATED_CUSTOMER',
      `customer ${JSON.stringify(customer)} stands in ${where}: keep one row per customer, as of one moment`,
    );
  }
  return customers;
}

function warningsOf(column: FeatureColumn, unreadable: number, label: Label): string[] {
  const name = JSON.stringify(column.name);
  const warnings: string[] = [];
  if (unreadable > 0) warnings.push(`column ${name}: ${unreadable} cells are no number and count as blank`);
  if (tellsLabel(column, label.labels)) {
    warnings.push(`column ${name} alone tells the label: is it known before a customer leaves?`);
  }
  return warnings;
}

/** Whether each value goes with one outcome only, in a column where values repeat. */
function tellsLabel(column: FeatureColumn, labels: Uint8Array): boolean {
  const outcomes = new Map<string | number | null, number>();
  for (const [row, value] of column.values.entries()) {
    const outcome = labels[row] ?? 0;
    if ((outcomes.get(value) ?? outcome) !== outcome) return false;
    outcomes.set(value, outcome);
  }
  return outcomes.size <= labels.length / 2;
}
