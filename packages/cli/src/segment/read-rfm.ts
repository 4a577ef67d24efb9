import { type Money, parseMoney } from '@ebb/core';
import { rfmTable, type RfmTable } from '@ebb/segments';
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
    const figure = (key: keyof RfmColumns): string => checked(cells[at[key]] ?? '', `${place}, ${columns[key]}`);
    const customer = (cells[at.customer] ?? '').trim();
    if (customer === '') {
      throw new SegmentError('BAD_FIGURE', `${place} names no customer; leave guests out of the file`);
    }
    return {
      customer,
      recencyDays: Number(figure('recency')),
      frequency: Number(figure('frequency')),
      monetary: money(figure('monetary')),
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

function checked(cell: string, place: string): string {
  const text = cell.trim();
  if (NUMBER.test(text)) return text;
  throw new SegmentError('BAD_FIGURE', `${place}: ${JSON.stringify(cell)} is not a number; write 1234.56`);
}

/** Exact with up to four decimals; figures with more, such as averages, are rounded to four. */
function money(text: string): Money {
  if (/^[+-]?\d{1,16}(\.\d{1,4})?$/.test(text)) return parseMoney(text);
  return parseMoney(Number(text).toFixed(4));
}
