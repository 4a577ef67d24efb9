import { rfmTable, type RfmTable } from '@ebb/segments';
import { amountOf } from '../tables/amount.ts';
import type { TextTable } from '../tables/read-table.ts';
import { SegmentError } from './errors.ts';

/** Names of the columns that hold the four. */
export interface RfmColumns {
  readonly customer: string;
  readonly recency: string;
  readonly frequency: string;
  readonly monetary: string;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?$/i;

/**
 * RFM from the columns of a table. Raises UNKNOWN_COLUMN, BAD_FIGURE with the line, and BAD_TABLE of `@ebb/segments`, as
 * for a customer who is there twice.
 */
export function readRfm(table: TextTable, path: string, columns: RfmColumns): RfmTable {
  const at = {
    customer: position(table, path, columns.customer),
    recency: position(table, path, columns.recency),
    frequency: position(table, path, columns.frequency),
    monetary: position(table, path, columns.monetary),
  };
  const rows = table.rows.map((cells, index) => {
    const place = `${path}, line ${table.lines[index]}`;
    const figure = <T>(key: keyof RfmColumns, read: (cell: string) => T | null): T =>
      checked(cells[at[key]] ?? '', read, `${place}, ${columns[key]}`);
    const customer = (cells[at.customer] ?? '').trim();
    if (customer === '') {
      throw new SegmentError('BAD_FIGURE', `${place} names no customer; leave guests out of the file`);
    }
    return {
      customer,
      recencyDays: figure('recency', numberOf),
      frequency: figure('frequency', numberOf),
      monetary: figure('monetary', amountOf),
    };
  });
  return rfmTable(rows);
}

function position({ columns }: TextTable, path: string, name: string): number {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  throw new SegmentError(
    'UNKNOWN_COLUMN',
    `${path} has no column ${JSON.stringify(name)}; it has ${columns.join(', ')}`,
  );
}

function checked<T>(cell: string, read: (cell: string) => T | null, place: string): T {
  const value = read(cell);
  if (value !== null) return value;
  throw new SegmentError('BAD_FIGURE', `${place}: ${JSON.stringify(cell)} is not a number; write 1234.56`);
}

function numberOf(cell: string): number | null {
  const text = cell.trim();
  return NUMBER.test(text) ? Number(text) : null;
}
