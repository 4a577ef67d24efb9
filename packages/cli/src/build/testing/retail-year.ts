import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A line of a yearly file, read without any of the project's code. */
export interface YearLine {
  invoice: string;
  code: string;
  /** With the spaces around it, which one code of year 1 has. */
  codeAsWritten: string;
  description: string;
  /** `2010-12-01` or `2010-12-01 08:26:00`, as it stands there. */
  time: string;
  day: string;
  quantity: number;
  /** In 1/10,000. */
  price: number;
  customer: string;
  country: string;
  /** Equal for lines that are equal in every cell. */
  text: string;
}

/** For files with one record per line. */
export function readYear(path: string): YearLine[] {
  const bytes = readFileSync(path);
  const [header = '', ...lines] = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .trim()
    .split(/\r?\n/);
  const names = cellsOf(header);
  return lines.map((text) => {
    const cells = cellsOf(text);
    if (cells.length !== names.length) throw new Error(`${path}: ${cells.length} cells in ${text}`);
    const asWritten = (name: string): string => cells[names.indexOf(name)] ?? '';
    const cell = (name: string): string => asWritten(name).trim();
    const time = cell('InvoiceDate');
    return {
      invoice: cell('Invoice'),
      code: cell('StockCode'),
      codeAsWritten: asWritten('StockCode'),
      description: cell('Description'),
      time,
      day: time.slice(0, 10),
      quantity: Number(cell('Quantity')),
      price: Math.round(Number(cell('Price')) * 10_000),
      customer: cell('Customer ID').replace(/\.0*$/, ''),
      country: cell('Country'),
      text,
    };
  });
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

const DAY_MS = 86_400_000;
/** From here on year 1 stands in the file of year 2 as well. */
const OVERLAP_FROM = '2010-12-01';
const OVERLAP_LAST = '2010-12-09';

/**
 * A file in the layout of year 2, made of year 1: the days that both years have, with times of day, and the days after
 * the first of these a year later, under invoice numbers of their own and with one in eleven customers new.
 */
export function yearAfter(lines: readonly YearLine[]): string {
  const made = ['Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country'];
  for (const line of lines) {
    if (line.day >= OVERLAP_FROM) made.push(row({ ...line, time: `${line.day} 08:26:00` }));
    else {
      const day = new Date(Date.parse(line.day) + 365 * DAY_MS).toISOString().slice(0, 10);
      if (day > OVERLAP_LAST) made.push(row({ ...line, ...oneYearOn(line), time: `${day} 16:05:00` }));
    }
  }
  return `${made.join('\n')}\n`;
}

function oneYearOn({ invoice, customer }: YearLine): Pick<YearLine, 'invoice' | 'customer'> {
  const number = /^([A-Z]?)(\d+)$/.exec(invoice);
  if (number === null) throw new Error(`invoice ${invoice} has no number`);
  const isNew = customer !== '' && Number(customer) % 11 === 0;
  return {
    invoice: `${number[1]}${Number(number[2]) + 50_000}`,
    customer: isNew ? String(Number(customer) + 20_000) : customer,
  };
}

function row({ invoice, codeAsWritten, description, quantity, time, price, customer, country }: YearLine): string {
  const quoted = `"${description.replaceAll('"', '""')}"`;
  const id = customer === '' ? '' : `${customer}.0`;
  return [invoice, codeAsWritten, quoted, quantity, time, price / 10_000, id, country].join(',');
}
