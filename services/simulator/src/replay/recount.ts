import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { assert } from '@ebb/core';

/**
 * What a file must give, counted without any of the replay's code (its own reading, its own arithmetic), so that the
 * two can disagree. For files with one record per line; column names of a day are those of `kpi.order_day`.
 */
export interface RecountedDay {
  day: string;
  total_orders: number;
  gross_amount: string;
  credit_notes: number;
  credit_amount: string;
  adjustments: number;
  adjustment_amount: string;
  net_amount: string;
}

export interface Recount {
  lines: number;
  bad_lines: number;
  days: RecountedDay[];
  totals: Omit<RecountedDay, 'day'>;
}

/** Amounts in 1/10,000, as numbers: exact up to 900 billion. */
interface Tally {
  orders: number;
  gross: number;
  credits: number;
  creditAmount: number;
  adjustments: number;
  adjustmentAmount: number;
}

interface Invoice {
  amount: number;
  sells: boolean;
  first: string;
}

export async function recountFiles(paths: readonly string[], lastDay?: string): Promise<Recount> {
  const counts = { lines: 0, bad: 0 };
  const days = new Map<string, Tally>();
  let latest = '';
  for (const path of paths) {
    const invoices = new Map<string, Invoice>();
    for await (const line of goodLines(path, counts)) {
      const invoice = invoices.get(line.invoice) ?? { amount: 0, sells: false, first: line.day };
      invoice.amount += line.quantity * line.price;
      invoice.sells ||= line.quantity > 0;
      if (line.day < invoice.first) invoice.first = line.day;
      if (line.day > latest) latest = line.day;
      invoices.set(line.invoice, invoice);
    }
    for (const [number, invoice] of invoices) count(tallyOf(days, invoice.first), number, invoice);
  }
  const shift = lastDay === undefined ? 0 : Date.parse(lastDay) - Date.parse(latest);
  const rows = [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, tally]) => ({ day: moved(day, shift), ...format(tally) }));
  return { lines: counts.lines, bad_lines: counts.bad, days: rows, totals: format(sum([...days.values()])) };
}

function count(tally: Tally, number: string, invoice: Invoice): void {
  assert(Number.isSafeInteger(invoice.amount), `invoice ${number} is too large to recount`);
  if (number[0] === 'C') {
    tally.credits += 1;
    tally.creditAmount += invoice.amount;
  } else if (number[0] === 'A' || !invoice.sells || invoice.amount <= 0) {
    tally.adjustments += 1;
    tally.adjustmentAmount += invoice.amount;
  } else {
    tally.orders += 1;
    tally.gross += invoice.amount;
  }
}

interface Line {
  invoice: string;
  day: string;
  quantity: number;
  price: number;
}

async function* goodLines(path: string, counts: { lines: number; bad: number }): AsyncGenerator<Line> {
  const bytes = createReadStream(path);
  const input = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  let names: string[] | null = null;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    const cells = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map((m) => m[1] ?? m[2] ?? '');
    if (names === null) {
      names = cells.map((name) => name.replace('\uFEFF', '').trim().toLowerCase());
      continue;
    }
    if (text === '') continue;
    const header = names;
    const cell = (name: string): string => (cells[header.indexOf(name)] ?? '').trim();
    const line = {
      invoice: cell('invoice'),
      day: /^\d{4}-\d\d-\d\d(?=$|[ T]\d\d:\d\d(:\d\d)?$)/.exec(cell('invoicedate'))?.[0] ?? '',
      quantity: /^[+-]?\d+(\.0+)?$/.test(cell('quantity')) ? Number(cell('quantity')) : Number.NaN,
      price: tenThousandths(cell('price')),
    };
    const isGood = cells.length === header.length && line.invoice !== '' && cell('stockcode') !== '';
    if (isGood && isRealDay(line.day) && Number.isFinite(line.quantity * line.price)) {
      counts.lines += 1;
      yield line;
    } else counts.bad += 1;
  }
}

/** Date.parse rolls 30 February over to March; a real day comes back as it was. */
function isRealDay(day: string): boolean {
  return !Number.isNaN(Date.parse(day)) && moved(day, 0) === day;
}

function tenThousandths(price: string): number {
  const parts = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(price);
  if (parts === null) return Number.NaN;
  return Number(`${parts[1]}${parts[2]}${(parts[3] ?? '').padEnd(4, '0')}`);
}

function tallyOf(days: Map<string, Tally>, day: string): Tally {
  const tally = days.get(day) ?? sum([]);
  days.set(day, tally);
  return tally;
}

function sum(tallies: Tally[]): Tally {
  const total = { orders: 0, gross: 0, credits: 0, creditAmount: 0, adjustments: 0, adjustmentAmount: 0 };
  for (const tally of tallies) {
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  }
  return total;
}

function format(tally: Tally): Omit<RecountedDay, 'day'> {
  return {
    total_orders: tally.orders,
    gross_amount: decimal(tally.gross),
    credit_notes: tally.credits,
    credit_amount: decimal(tally.creditAmount),
    adjustments: tally.adjustments,
    adjustment_amount: decimal(tally.adjustmentAmount),
    net_amount: decimal(tally.gross + tally.creditAmount),
  };
}

/** Four places, as Postgres prints numeric(20,4). */
function decimal(units: number): string {
  const digits = String(Math.abs(units)).padStart(5, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function moved(day: string, byMs: number): string {
  return new Date(Date.parse(day) + byMs).toISOString().slice(0, 10);
}
