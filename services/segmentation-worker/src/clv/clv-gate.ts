import { customersLost } from '../publish/customers-lost.ts';
import type { ClvRun } from './fit-clv.ts';

/** Beyond this the model did not foretell the hold-out at all. */
const MAX_HOLDOUT_ERROR = 0.5;

/** Why a run must not take the place of the published one; none: it may. A poor fit alone is told, not held back. */
export function clvHeldReasons({ histories, values, backTest }: ClvRun, publishedCustomers: number): string[] {
  const reasons: string[] = [];
  const bad = values.value.findIndex((value) => !Number.isFinite(value) || value < 0);
  if (bad !== -1) reasons.push(`values: ${values.value[bad]} for customer "${histories.customers[bad]}"`);
  const error = backTest.holdout?.error ?? null;
  if (error !== null && Math.abs(error) > MAX_HOLDOUT_ERROR) {
    reasons.push(`back-test: ${(100 * error).toFixed(0)} % off in the hold-out, at most ${100 * MAX_HOLDOUT_ERROR} %`);
  }
  return [...reasons, ...customersLost(histories.customers.length, publishedCustomers)];
}
