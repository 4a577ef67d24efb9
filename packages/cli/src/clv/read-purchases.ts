import { timesQuantity } from '@ebb/core';
import { parseCdnow, type Purchase } from '@ebb/customer-models';
import { readBytes, readTable, type TextTable } from '../tables/read-table.ts';
import { parseAmount, parseDay, parseQuantity } from './cells.ts';
import { ClvError } from './errors.ts';

export interface PurchaseColumns {
  readonly customer?: string;
  readonly date?: string;
  readonly amount?: string;
  /** Multiplies the amount, where rows hold a price per piece. */
  readonly quantity?: string;
}

export interface PurchaseBook {
  readonly purchases: readonly Purchase[];
  readonly rows: number;
  /** Rows that name no customer: they belong to nobody's history. */
  readonly rowsWithoutCustomer: number;
}

/** A table of purchases (CSV with a header), or the CDNOW sample in its own format; gzipped or not. */
export async function readPurchases(
  path: string,
  options: PurchaseColumns & { format: 'csv' | 'cdnow' },
): Promise<PurchaseBook> {
  if (options.format === 'csv') return purchasesOf(await readTable(path), options, path);
  const purchases = [...parseCdnow((await readBytes(path)).toString('latin1'))];
  if (purchases.length === 0) throw new ClvError('NO_PURCHASES', `${path} holds no purchases`);
  return { purchases, rows: purchases.length, rowsWithoutCustomer: 0 };
}

/** Raises MISSING_COLUMN, UNKNOWN_COLUMN, BAD_DATE, BAD_AMOUNT, BAD_QUANTITY, NO_PURCHASES. */
export function purchasesOf(table: TextTable, columns: PurchaseColumns, name: string): PurchaseBook {
  const customerAt = place(table, columns.customer, '--customer');
  const dateAt = place(table, columns.date, '--date');
  const amountAt = place(table, columns.amount, '--amount');
  const quantityAt = columns.quantity === undefined ? null : place(table, columns.quantity, '--quantity');
  const purchases: Purchase[] = [];
  for (const [index, row] of table.rows.entries()) {
    const customer = (row[customerAt] ?? '').trim();
    if (customer === '') continue;
    const where = `${name}, line ${table.lines[index]}`;
    const amount = parseAmount(row[amountAt] ?? '', where);
    const pieces = quantityAt === null ? 1 : parseQuantity(row[quantityAt] ?? '', where);
    purchases.push({ customer, day: parseDay(row[dateAt] ?? '', where), amount: timesQuantity(amount, pieces) });
  }
  if (purchases.length === 0) {
    throw new ClvError(
      'NO_PURCHASES',
      `${name}: no row names a customer in column ${JSON.stringify(columns.customer)}`,
    );
  }
  return { purchases, rows: table.rows.length, rowsWithoutCustomer: table.rows.length - purchases.length };
}

function place({ columns }: TextTable, name: string | undefined, option: string): number {
  if (name === undefined) {
    throw new ClvError('MISSING_COLUMN', `${option} COL is missing; the columns are ${columns.join(', ')}`);
  }
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  throw new ClvError(
    'UNKNOWN_COLUMN',
    `no column ${JSON.stringify(name)} (${option}); there are ${columns.join(', ')}`,
  );
}
