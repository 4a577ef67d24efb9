import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, parseMoney } from '@ebb/core';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { rfmFromPurchases, type RfmRow } from '@ebb/segments';

const day = (text: string): number => Date.parse(text) / DAY_MS;

/** RFM of the real year's customers as of 2026-04-28, by the rules that the model `customer_rfm_gold` has. */
export function retailYear(): RfmRow[] {
  const map = readFileSync(ONLINE_RETAIL_DAY_MAP.path, 'utf8').trim().split('\n').slice(1);
  const days = new Map(
    map.map((line) => line.split(',')).map(([shifted = '', original = '']) => [original, day(shifted)]),
  );
  const lines = gunzipSync(readFileSync(ONLINE_RETAIL_YEAR_1.path)).toString('utf8').trim().split('\n').slice(1);
  const purchases = lines.flatMap((line) => {
    // Only descriptions are quoted, so fields are counted from both ends.
    const fields = line.split(',');
    const [invoice = '', code = ''] = fields;
    const [quantity = '', date = '', price = '', customer = ''] = fields.slice(-5);
    const isSale = !invoice.startsWith('C') && Number(quantity) > 0 && Number(price) >= 0 && customer !== '';
    if (!isSale || !/^(\d{5}[a-zA-Z]*|PADS)$/.test(code)) return [];
    const amount = parseMoney(Number(price).toFixed(2)) * BigInt(quantity);
    return [{ customer: customer.replace(/\.0$/, ''), invoice, day: days.get(date) ?? Number.NaN, amount }];
  });
  const table = rfmFromPurchases(purchases, { asOf: day('2026-04-28') });
  return table.customers.map((customer, row) => ({
    customer,
    recencyDays: table.recencyDays[row] ?? Number.NaN,
    frequency: table.frequency[row] ?? Number.NaN,
    monetary: table.monetary[row] ?? 0n,
  }));
}
