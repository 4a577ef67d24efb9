import { parseMoney } from '@ebb/core';
import { CustomerModelError } from '../errors.ts';
import type { Purchase } from './purchase-histories.ts';

/** id in the master file, id in the sample, YYYYMMDD, CDs, dollars; one line of the real file has a tab among its spaces. */
const LINE = /^\s*(\d+)\s+\d+\s+(\d{4})(\d{2})(\d{2})\s+\d+\s+(\d+(?:\.\d+)?)\s*$/;
const DAY_MS = 86_400_000;

/** The CDNOW sample (Fader & Hardie). Raises BAD_PURCHASE_FILE with the number of the line that is not of its shape. */
export function* parseCdnow(text: string): Generator<Purchase> {
  let line = 0;
  for (const row of text.split('\n')) {
    line += 1;
    if (row.trim() === '') continue;
    const [, customer, year, month, day, amount] = LINE.exec(row) ?? [];
    const date = dayOf(year ?? '', month ?? '', day ?? '');
    if (customer === undefined || amount === undefined || date === null) {
      const found = JSON.stringify(row.slice(0, 60));
      throw new CustomerModelError(
        'BAD_PURCHASE_FILE',
        `line ${line} is no CDNOW row ("00004 0001 19970101 2 29.33"): ${found}`,
      );
    }
    yield { customer, day: date, amount: parseMoney(amount) };
  }
}

/** Days since 1970-01-01, or null for a day that the calendar does not have. */
function dayOf(year: string, month: string, day: string): number | null {
  const text = `${year}-${month}-${day}`;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs) || new Date(timeMs).toISOString().slice(0, 10) !== text) return null;
  return timeMs / DAY_MS;
}
