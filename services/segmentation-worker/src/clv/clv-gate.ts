import type { ClvRun } from './fit-clv.ts';

/** Beyond this the model did not foretell the hold-out at all. */
const MAX_HOLDOUT_ERROR = 0.5;
/** Share of the published customers that may be missing: orders that were cut short are no churn. */
const MAX_CUSTOMERS_LOST = 0.2;

/** Why a run must not take the place of the published one; none: it may. A poor fit alone is told, not held back. */
export function clvHeldReasons({ histories, values, backTest }: ClvRun, publishedCustomers: number): string[] {
  const reasons: string[] = [];
  const bad = values.value.findIndex((value) => !Number.isFinite(value) || value < 0);
  if (bad !== -1) reasons.push(`values: ${values.value[bad]} for customer "${histories.customers[bad]}"`);
  const error = backTest.holdout?.error ?? null;
  if (error !== null && Math.abs(error) > MAX_HOLDOUT_ERROR) {
    reasons.push(`back-test: ${(100 * error).toFixed(0)} % off in the hold-out, at most ${100 * MAX_HOLDOUT_ERROR} %`);
  }
  const lost = 1 - histories.customers.length / Math.max(1, publishedCustomers);
  if (lost > MAX_CUSTOMERS_LOST) {
    reasons.push(
      `customers lost: ${(100 * lost).toFixed(0)} % of the published, at most ${100 * MAX_CUSTOMERS_LOST} %`,
    );
  }
  return reasons;
}
