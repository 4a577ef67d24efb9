import { SeededRandom } from '@ebb/core';
import type { RfmRow } from '@ebb/segments';

/** Four kinds of customers, each around a middle of its own. */
const MIDDLES = [
  { recency: 10, frequency: 12, monetary: 900 },
  { recency: 40, frequency: 3, monetary: 250 },
  { recency: 150, frequency: 7, monetary: 600 },
  { recency: 300, frequency: 2, monetary: 120 },
] as const;

/** So many customers of four clear kinds; `later` days after the as-of day of the others. */
export function someCustomers(count: number, { seed = 1, later = 0 } = {}): RfmRow[] {
  const random = new SeededRandom(`customers/${seed}`);
  const around = (value: number): number => Math.max(1, value * (1 + 0.08 * random.normal()));
  return Array.from({ length: count }, (_, index) => {
    const middle = MIDDLES[index % MIDDLES.length] ?? MIDDLES[0];
    return {
      customer: String(10_000 + index),
      recencyDays: Math.round(around(middle.recency)) + later,
      frequency: Math.round(around(middle.frequency)),
      monetary: BigInt(Math.round(around(middle.monetary) * 100)) * 100n,
    };
  });
}
