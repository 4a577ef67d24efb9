import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { errorMessage } from '@ebb/core';
import { csvRecords, rawFields } from './csv-records.ts';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from './datasets.ts';
import { DatasetError } from './errors.ts';

/** Columns of a daily file in their order. The yearly files hold the same ones in another. */
export const DAILY_COLUMNS = [
  'Invoice',
  'StockCode',
  'Description',
  'Quantity',
  'Price',
  'Customer ID',
  'Country',
  'InvoiceDate',
] as const;

export interface RetailDailyOptions {
  /** Created when it is not there; gets `YYYY-MM-DD_transactions.csv` per trading day. */
  directory: string;
  /** Yearly files, `.csv` or `.csv.gz`; year 1 as it is carried here unless given. */
  sources?: readonly string[];
  /** `shifted`: as the day map moves year 1; `original`: the days of the source. Default `shifted`. */
  dates?: 'shifted' | 'original';
  /** Only days of the result from here on, and up to here. */
  from?: string;
  until?: string;
}

export interface RetailDailyResult {
  files: number;
  rows: number;
  /** Files that were not there, or had another content. */
  written: number;
  firstDay: string | null;
  lastDay: string | null;
  /** Days that stand in an earlier source too, and are taken from there; `rows` of each that were left out. */
  overlap: { day: string; source: string; rows: number }[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Writes yearly files as one file per day. A day that two sources hold is taken from the first of them: the two years
 * of Online Retail II share eight days. Repeating it changes nothing.
 */
export function writeRetailDaily(options: RetailDailyOptions): RetailDailyResult {
  const isWanted = dayFilter(options.from, options.until);
  const rename = (options.dates ?? 'shifted') === 'shifted' ? shiftedDay : (day: string): string => day;
  const { days, overlap } = collect(options.sources ?? [ONLINE_RETAIL_YEAR_1.path], rename);
  const wanted = [...days].filter(([day]) => isWanted(day)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(options.directory, { recursive: true });
  const header = `${DAILY_COLUMNS.join(',')}\n`;
  let [rows, written] = [0, 0];
  for (const [day, lines] of wanted) {
    const path = join(options.directory, `${day}_transactions.csv`);
    written += writeUnlessSame(path, `${header}${lines.join('\n')}\n`) ? 1 : 0;
    rows += lines.length;
  }
  const firstDay = wanted[0]?.[0] ?? null;
  return { files: wanted.length, rows, written, firstDay, lastDay: wanted.at(-1)?.[0] ?? null, overlap };
}

function collect(
  sources: readonly string[],
  rename: (day: string) => string,
): { days: Map<string, string[]>; overlap: RetailDailyResult['overlap'] } {
  const days = new Map<string, string[]>();
  const overlap: RetailDailyResult['overlap'] = [];
  for (const source of sources) {
    for (const [day, lines] of readYear(source, rename)) {
      if (days.has(day)) overlap.push({ day, source, rows: lines.length });
      else days.set(day, lines);
    }
  }
  return { days, overlap };
}

/** Lines in the order of the daily files by (renamed) day. */
function readYear(source: string, rename: (day: string) => string): Map<string, string[]> {
  const days = new Map<string, string[]>();
  let order: number[] = [];
  for (const { line, record } of csvRecords(readText(source))) {
    const fields = rawFields(record);
    if (line === 1) {
      order = columnOrder(source, fields);
      continue;
    }
    if (fields.length !== DAILY_COLUMNS.length) {
      throw new DatasetError('BAD_SOURCE', `${source}, line ${line}: ${fields.length} fields, not 8`);
    }
    const values = order.map((index) => fields[index] ?? '');
    const time = values.at(-1) ?? '';
    const original = time.slice(0, 10);
    if (!DAY.test(original)) {
      throw new DatasetError('BAD_SOURCE', `${source}, line ${line}: InvoiceDate ${JSON.stringify(time)} is no day`);
    }
    const day = rename(original);
    values[values.length - 1] = day + time.slice(10);
    const lines = days.get(day);
    if (lines === undefined) days.set(day, [values.join(',')]);
    else lines.push(values.join(','));
  }
  return days;
}

function readText(source: string): string {
  try {
    const content = readFileSync(source);
    return (source.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8');
  } catch (error) {
    throw new DatasetError('BAD_SOURCE', `${source} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

function columnOrder(source: string, header: readonly string[]): number[] {
  const order = DAILY_COLUMNS.map((column) => header.indexOf(column));
  if (!order.includes(-1) && header.length === DAILY_COLUMNS.length) return order;
  throw new DatasetError(
    'BAD_SOURCE',
    `${source} has the columns ${header.join(', ')}; those of Online Retail II are ${DAILY_COLUMNS.join(', ')}`,
  );
}

let dayMap: ReadonlyMap<string, string> | null = null;

function shiftedDay(original: string): string {
  dayMap ??= new Map(
    readText(ONLINE_RETAIL_DAY_MAP.path)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [shifted = '', from = ''] = line.split(',');
        return [from, shifted] as const;
      }),
  );
  const shifted = dayMap.get(original);
  if (shifted !== undefined) return shifted;
  throw new DatasetError(
    'UNMAPPED_DAY',
    `${original} is not a trading day of year 1, which alone has shifted dates; take the original dates`,
  );
}

function dayFilter(from = '0000-00-00', until = '9999-99-99'): (day: string) => boolean {
  for (const day of [from, until]) {
    if (!DAY.test(day)) throw new DatasetError('BAD_DAY', `${JSON.stringify(day)} is no day; write 2025-06-26`);
  }
  return (day) => day >= from && day <= until;
}

/** In one step: a reader, or a killed run, never leaves half a day. */
function writeUnlessSame(path: string, content: string): boolean {
  const bytes = Buffer.from(content);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.size === bytes.length && readFileSync(path).equals(bytes)) return false;
  const draft = `${path}.part`;
  writeFileSync(draft, bytes);
  renameSync(draft, path);
  return true;
}
