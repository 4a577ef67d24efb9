import { LIMITS, normaliseId } from '@ebb/contracts';
import { err, errorMessage, type Money, ok, parseMoney, type Result } from '@ebb/core';
import { parseRetailTime } from './retail-time.ts';

/** One item line of an invoice, as the file has it. */
export interface RetailLine {
  invoice: string;
  stockCode: string;
  description: string | null;
  /** Whole, negative on returns. */
  quantity: number;
  /** UTC; midnight where the file has no time of day. */
  timeMs: number;
  unitPrice: Money;
  customerId: string | null;
  country: string | null;
}

export interface LineProblem {
  /** `not_csv`, `wrong_column_count`, `missing_<column>` or `bad_<column>`. */
  code: string;
  message: string;
}

const COLUMNS = {
  invoice: 'Invoice',
  stockCode: 'StockCode',
  description: 'Description',
  quantity: 'Quantity',
  time: 'InvoiceDate',
  price: 'Price',
  customer: 'Customer ID',
  country: 'Country',
} as const;

/** Position of every column in a file, found by name: the layouts differ in their order. */
export type RetailColumns = Record<keyof typeof COLUMNS, number> & { count: number };

const wanted = Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][];

/** Finds the columns in a header, or says which are missing. */
export function findRetailColumns(header: readonly string[]): Result<RetailColumns, string[]> {
  const names = header.map((name) => name.trim().toLowerCase());
  const at = (name: string): number => names.indexOf(name.toLowerCase());
  const missing = wanted.filter(([, name]) => at(name) < 0).map(([, name]) => name);
  if (missing.length > 0) return err(missing);
  const positions = wanted.map(([key, name]) => [key, at(name)]);
  return ok({ ...(Object.fromEntries(positions) as Record<keyof typeof COLUMNS, number>), count: header.length });
}

/** Reads one line; a problem names the column and the offending value. */
export function parseRetailLine(fields: readonly string[], columns: RetailColumns): Result<RetailLine, LineProblem> {
  if (fields.length !== columns.count) {
    return problem('wrong_column_count', `${fields.length} fields, the header has ${columns.count}`);
  }
  const invoice = readId(fields[columns.invoice]);
  if (invoice === null) return problem('missing_invoice', 'Invoice is empty or no text');
  const stockCode = readId(fields[columns.stockCode]);
  if (stockCode === null) return problem('missing_stock_code', 'StockCode is empty or no text');
  const quantity = readQuantity(fields[columns.quantity] ?? '');
  if (quantity === null) return bad('quantity', fields[columns.quantity], 'a whole number');
  const timeMs = parseRetailTime(fields[columns.time] ?? '');
  if (timeMs === null) return bad('invoice_date', fields[columns.time], 'YYYY-MM-DD, with or without HH:MM:SS');
  const price = readPrice(fields[columns.price] ?? '');
  if (!price.ok) return price;
  const customerId = readText(fields[columns.customer]);
  if (customerId !== null && !isId(customerId)) return bad('customer_id', customerId, 'an id');
  return ok({
    invoice,
    stockCode,
    description: readText(fields[columns.description])?.slice(0, LIMITS.description).toWellFormed() ?? null,
    quantity,
    timeMs,
    unitPrice: price.value,
    customerId: customerId === null ? null : normaliseId(customerId),
    country: readText(fields[columns.country])?.slice(0, LIMITS.shortText).toWellFormed() ?? null,
  });
}

function readPrice(text: string): Result<Money, LineProblem> {
  try {
    return ok(parseMoney(text.trim()));
  } catch (error) {
    return problem('bad_price', `Price: ${errorMessage(error)}`);
  }
}

function readQuantity(text: string): number | null {
  if (!/^\s*[+-]?\d{1,10}(\.0+)?\s*$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= LIMITS.int4Max ? value : null;
}

function readId(text: string | undefined): string | null {
  const id = readText(text);
  return id === null || !isId(id) ? null : id;
}

/** U+FFFD stands for bytes that were no UTF-8: two damaged ids would otherwise become one. */
function isId(text: string): boolean {
  return text.length <= LIMITS.id && !text.includes('\uFFFD');
}

/** Trimmed; NUL and half surrogate pairs, which no database stores, are replaced. Empty is null. */
function readText(text: string | undefined): string | null {
  const trimmed = (text ?? '').trim();
  if (trimmed === '') return null;
  return trimmed.replaceAll('\0', '\uFFFD').toWellFormed();
}

function bad(column: string, value: string | undefined, expected: string): Result<never, LineProblem> {
  return problem(`bad_${column}`, `${JSON.stringify((value ?? '').slice(0, 64))} is not ${expected}`);
}

function problem(code: string, message: string): Result<never, LineProblem> {
  return err({ code, message });
}
