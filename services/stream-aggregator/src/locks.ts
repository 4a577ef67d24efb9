/**
 * Advisory locks between batches (shared) and `kpi.rebuild_*` in sql/postgres (exclusive), so that a rebuild never counts
 * with half of a batch. Always taken in ascending order.
 */
const BASE = 4212 * 2 ** 32;
const MANY_DAYS = BASE + 10_000_000;
/** Held by batches that change orders. */
export const ORDERS_LOCK = BASE + 10_000_001;

/** A batch of very late events would otherwise need a lock for each of hundreds of days. */
const MOST_DAY_LOCKS = 16;

/** Locks for raw events of these UTC days (since 1970-01-01). */
export function dayLocks(days: readonly number[]): number[] {
  if (days.length > MOST_DAY_LOCKS) return [MANY_DAYS];
  return days.map((day) => BASE + day).toSorted((a, b) => a - b);
}
