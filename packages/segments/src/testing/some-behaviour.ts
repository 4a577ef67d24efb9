import { SeededRandom } from '@ebb/core';
import { type BehaviourTable, behaviourTable } from '../behaviour/behaviour-table.ts';

const NEVER = Number.NaN;

/** Four kinds of customers: who looks and never buys, regulars, enthusiasts, and accounts that nobody uses. */
const KINDS = [
  { total_orders: 0, total_spend: 0, avg_order_value: NEVER, days_since_last_purchase: NEVER, sessions: 40, total_web_events: 300, days_since_last_web_activity: 4 },
  { total_orders: 5, total_spend: 300, avg_order_value: 60, days_since_last_purchase: 60, sessions: 12, total_web_events: 80, days_since_last_web_activity: 50 },
  { total_orders: 40, total_spend: 4_000, avg_order_value: 100, days_since_last_purchase: 5, sessions: 90, total_web_events: 900, days_since_last_web_activity: 2 },
  { total_orders: 0, total_spend: 0, avg_order_value: NEVER, days_since_last_purchase: NEVER, sessions: 1, total_web_events: 3, days_since_last_web_activity: 300 },
] as const; // prettier-ignore
type Name = keyof (typeof KINDS)[number];
const NAMES = Object.keys(KINDS[0]) as Name[];

export interface SomeBehaviour {
  readonly seed?: number;
  /** Days by which everything lies further back. */
  readonly later?: number;
  /** Customers, by row, whose account is closed. */
  readonly isClosed?: (row: number) => boolean;
  /** In place of the drawn figure. */
  readonly change?: (name: string, value: number, row: number) => number;
}

/** So many customers of four clear kinds, in turn. */
export function someBehaviour(
  count: number,
  { seed = 1, later = 0, isClosed = () => false, change = (_, value) => value }: SomeBehaviour = {},
): BehaviourTable {
  const random = new SeededRandom(`behaviour/${seed}`);
  const columns = new Map<string, Float64Array>(NAMES.map((name) => [name, new Float64Array(count)]));
  for (let row = 0; row < count; row += 1) {
    const kind = KINDS[row % KINDS.length] ?? KINDS[0];
    for (const name of NAMES) {
      const drawn = Math.round(kind[name] * (1 + 0.1 * random.normal()));
      const value = change(name, drawn + (name.startsWith('days_since') ? later : 0), row);
      columns.get(name)?.fill(value, row, row + 1);
    }
  }
  return behaviourTable({
    customers: Array.from({ length: count }, (_, row) => String(10_000 + row)),
    columns,
    isClosed: Uint8Array.from({ length: count }, (_, row) => (isClosed(row) ? 1 : 0)),
  });
}
