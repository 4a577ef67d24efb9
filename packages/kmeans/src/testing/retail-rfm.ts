import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, must } from '@ebb/core';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';

/** One customer of year 1 as of its last day. */
export interface RetailCustomer {
  /** Days since the last purchase. */
  recency: number;
  /** Invoices. */
  frequency: number;
  /** Hundredths of GBP, so that sums are exact. */
  pence: number;
}

interface Purchases {
  lastMs: number;
  pence: number;
  readonly invoices: Set<string>;
}

/** Customers of Online Retail II, year 1, on its shifted calendar: product lines bought, returns left out. Takes a second. */
export function retailCustomers(): RetailCustomer[] {
  const days = shiftedDays();
  const asOfMs = Math.max(...days.values());
  const customers = new Map<string, Purchases>();
  const text = gunzipSync(readFileSync(ONLINE_RETAIL_YEAR_1.path)).toString();
  for (const line of text.trimEnd().split('\n').slice(1)) addLine(customers, fieldsOf(line), days);
  return [...customers.values()].map(({ lastMs, pence, invoices }) => ({
    recency: (asOfMs - lastMs) / DAY_MS,
    frequency: invoices.size,
    pence,
  }));
}

function shiftedDays(): Map<string, number> {
  const lines = readFileSync(ONLINE_RETAIL_DAY_MAP.path, 'utf8').trim().split('\n').slice(1);
  return new Map(lines.map((line) => [line.split(',')[1] ?? '', Date.parse(line.slice(0, 10))]));
}

function addLine(customers: Map<string, Purchases>, fields: readonly string[], days: Map<string, number>): void {
  const [invoice = '', code = '', , quantity = '', day = '', price = '', customer = ''] = fields;
  const isBought = !invoice.startsWith('C') && Number(quantity) > 0 && Number(price) >= 0;
  if (!isBought || customer === '' || !/^(\d{5}[a-zA-Z]*|PADS)$/.test(code)) return;
  const dayMs = must(days.get(day), `${day} is a day of year 1`);
  const known = customers.get(customer) ?? { lastMs: dayMs, pence: 0, invoices: new Set() };
  known.lastMs = Math.max(known.lastMs, dayMs);
  known.pence += Number(quantity) * penceOf(price);
  known.invoices.add(invoice);
  customers.set(customer, known);
}

/** Hundredths of a price; of a third decimal half is rounded up, as DECIMAL(10,2) has it. */
function penceOf(price: string): number {
  const [whole = '', decimals = ''] = price.split('.');
  const thousandths = Number(whole) * 1_000 + Number(decimals.padEnd(3, '0').slice(0, 3));
  return Math.floor((thousandths + 5) / 10);
}

/** Fields of a line; no field of this file holds a line break. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
