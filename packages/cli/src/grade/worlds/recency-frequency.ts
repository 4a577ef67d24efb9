import type { PurchaseHistories } from '@ebb/customer-models';

const PARTS = 5;

/**
 * What direct marketing does without a model: customers are put into 5 × 5 cells by quintile of recency and frequency,
 * and a cell is foretold what the same cell did in the period before (as in Hughes, Strategic Database Marketing, on
 * RFM cells). `before` ends where the period of `now` begins; both periods are equally long.
 */
export function recencyFrequencyForecast(before: PurchaseHistories, now: PurchaseHistories): Float64Array {
  const sums = Array.from({ length: PARTS * PARTS }, () => ({ customers: 0, purchases: 0 }));
  for (const [row, cell] of cellsOf(before).entries()) {
    const sum = sums[cell] as { customers: number; purchases: number };
    sum.customers += 1;
    sum.purchases += before.holdoutRepeats[row] as number;
  }
  const all = sums.reduce((total, { purchases }) => total + purchases, 0) / before.customers.length;
  const forecast = sums.map(({ customers, purchases }) => (customers === 0 ? all : purchases / customers));
  return Float64Array.from(cellsOf(now), (cell) => forecast[cell] as number);
}

function cellsOf(histories: PurchaseHistories): number[] {
  const { repeats } = histories;
  const recencies = recencyOf(histories);
  const [recencyBorders, frequencyBorders] = [bordersOf(recencies), bordersOf(repeats)];
  return Array.from(
    recencies,
    (recency, row) => partOf(recency, recencyBorders) * PARTS + partOf(repeats[row] as number, frequencyBorders),
  );
}

/** Time since the last purchase. */
export function recencyOf({ observed, lastPurchase }: PurchaseHistories): Float64Array {
  return observed.map((length, row) => length - (lastPurchase[row] as number));
}

/** Upper ends of all parts but the last; equal values share a part. */
function bordersOf(values: Float64Array): number[] {
  const sorted = values.toSorted();
  return Array.from(
    { length: PARTS - 1 },
    (_, part) => sorted[Math.ceil(((part + 1) * sorted.length) / PARTS) - 1] as number,
  );
}

function partOf(value: number, borders: readonly number[]): number {
  return borders.filter((border) => value > border).length;
}
