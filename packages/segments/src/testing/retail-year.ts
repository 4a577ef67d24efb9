import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, parseMoney } from '@ebb/core';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import type { Purchase } from '../rfm-table.ts';

/** Last day of the shifted daily files. */
export const AS_OF = dayNumber('2026-04-28');

export function dayNumber(day: string): number {
  return Date.parse(day) / DAY_MS;
}

/**
 * Gold lines of the real year under its shifted days, by the rules that the warehouse's models have: no credit note, a
 * quantity above 0, a price in cents not below 0, a known customer, the code of a product.
 */
export function retailPurchases(): Purchase[] {
  const days = new Map(
    readFileSync(ONLINE_RETAIL_DAY_MAP.path, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([shifted = '', original = '']) => [original, dayNumber(shifted)]),
  );
  const lines = gunzipSync(readFileSync(ONLINE_RETAIL_YEAR_1.path)).toString('utf8').trim().split('\n').slice(1);
  return lines.flatMap((line) => {
    // Only descriptions are quoted, so the fields are counted from both ends.
    const fields = line.split(',');
    const [invoice = '', code = ''] = fields;
    const [quantity = '', date = '', price = '', customer = ''] = fields.slice(-5);
    const isSale = !invoice.startsWith('C') && Number(quantity) > 0 && Number(price) >= 0 && customer !== '';
    if (!isSale || !/^(\d{5}[a-zA-Z]*|PADS)$/.test(code)) return [];
    const amount = parseMoney(Number(price).toFixed(2)) * BigInt(quantity);
    return [{ customer: customer.replace(/\.0$/, ''), invoice, day: days.get(date) ?? Number.NaN, amount }];
  });
}
