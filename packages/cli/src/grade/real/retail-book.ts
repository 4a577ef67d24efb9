import { readTable, type TextTable } from '../../tables/read-table.ts';
import { purchasesOf } from '../../clv/read-purchases.ts';
import type { Purchase } from '@ebb/customer-models';

const COLUMNS = { customer: 'Customer ID', date: 'InvoiceDate', amount: 'Price', quantity: 'Quantity' };
/** As text, a day and a time of this day compare as they should. */
const LAST_DAY_OF_YEAR_1 = '2010-12-09';

/**
 * Purchases of Online Retail II: customer known, no credit note, quantity and price above 0. The first days of year 2's
 * file stand at the end of year 1's too; they are taken from there.
 */
export async function readRetail(year1: string, year2: string | null): Promise<Purchase[]> {
  const first = await readYear(year1, () => true);
  if (year2 === null) return first;
  return [
    ...first,
    ...(await readYear(year2, (date) => date.slice(0, LAST_DAY_OF_YEAR_1.length) > LAST_DAY_OF_YEAR_1)),
  ];
}

async function readYear(path: string, isTaken: (date: string) => boolean): Promise<Purchase[]> {
  return [...purchasesOf(salesOf(await readTable(path), isTaken), COLUMNS, path).purchases];
}

function salesOf({ columns, rows, lines }: TextTable, isTaken: (date: string) => boolean): TextTable {
  const [invoice, quantity, price, date] = ['Invoice', 'Quantity', 'Price', 'InvoiceDate'].map((name) =>
    columns.indexOf(name),
  ) as [number, number, number, number];
  const chosen = [...rows.keys()].filter((index) => {
    const row = rows[index] ?? [];
    const isSale =
      !cellAt(row, invoice).startsWith('C') && Number(cellAt(row, quantity)) > 0 && Number(cellAt(row, price)) > 0;
    return isSale && isTaken(cellAt(row, date));
  });
  return {
    columns,
    rows: chosen.map((index) => rows[index] ?? []),
    lines: chosen.map((index) => lines[index] ?? 0),
  };
}

function cellAt(row: readonly string[], at: number): string {
  return row[at] ?? '';
}
