import { ContractModelError } from '../errors.ts';

/** A table as it stands in a file: every row has a cell per column. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the file per row, for messages; without it the row's number stands there. */
  readonly lines?: readonly number[];
}

/** What files write where they know nothing. */
const BLANKS = new Set(['', 'na', 'n/a', 'nan', 'null', '#n/a', '?', '-']);

export function isBlank(cell: string): boolean {
  return BLANKS.has(cell.trim().toLowerCase());
}

export function columnCells(table: TextTable, name: string): string[] {
  const index = table.columns.indexOf(name);
  if (index < 0) {
    const known = table.columns.map((column) => JSON.stringify(column)).join(', ');
    throw new ContractModelError('UNKNOWN_COLUMN', `there is no column ${JSON.stringify(name)}; there are ${known}`);
  }
  return table.rows.map((row) => (row[index] ?? '').trim());
}

export function placeOf(table: TextTable, row: number): string {
  const line = table.lines?.[row];
  return line === undefined ? `row ${row + 1}` : `line ${line}`;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A decimal number, NaN for anything else; thousands separated by commas and percent signs are read. */
export function parseNumber(cell: string): number {
  const plain = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(cell) ? cell.replaceAll(',', '') : cell;
  const text = plain.endsWith('%') ? plain.slice(0, -1) : plain;
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

const DAY_MS = 86_400_000;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Days since 1970-01-01 of an ISO 8601 day or time (without a zone: UTC); NaN for anything else. */
export function parseDay(cell: string): number {
  if (!ISO_DAY.test(cell)) return Number.NaN;
  const iso = cell.replace(' ', 'T');
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) && iso.includes('T');
  return Date.parse(iso.includes('T') && !hasZone ? `${iso}Z` : iso) / DAY_MS;
}
