import { SeededRandom } from '@ebb/core';
import { expect } from 'vitest';
import { positionsIn } from '../membership.ts';
import type { PublishedRun } from '../published-run.ts';
import type { Purchase, RfmTable } from '../rfm-table.ts';
import type { SegmentationRun } from '../segment-customers.ts';

/**
 * The purchases with one invoice in a hundred missing (even seeds) or bought once more under another number (odd seeds).
 */
export function perturbedInvoices(purchases: readonly Purchase[], seed: number): Purchase[] {
  const random = new SeededRandom(`invoices/${seed}`);
  const chosen = new Set([...new Set(purchases.map(({ invoice }) => invoice))].filter(() => random.bool(0.01)));
  if (seed % 2 === 0) return purchases.filter(({ invoice }) => !chosen.has(invoice));
  const again = purchases.filter(({ invoice }) => chosen.has(invoice));
  return [...purchases, ...again.map((purchase) => ({ ...purchase, invoice: `${purchase.invoice}+` }))];
}

/** k stays, and of those whose own tier is what it was at most 2 % bear another name; every rename is listed. */
export function expectSteady(
  table: RfmTable,
  published: PublishedRun,
  { k, comparison, segments, tiers }: SegmentationRun,
): void {
  expect(k).toBe(published.model.k);
  const positions = positionsIn(published.customers, table.customers);
  const isSteady = (index: number): boolean => published.tiers[positions[index] ?? -1] === tiers[index];
  const steady = table.customers.filter((_, index) => isSteady(index));
  const named = new Map(comparison?.moves.map((move) => [move.customer, move]));
  const renamed = steady.filter((customer) => named.get(customer)?.isRenamed === true);
  expect(steady.length).toBeGreaterThan(4_000);
  expect(renamed.length / steady.length).toBeLessThanOrEqual(0.02);
  const changed = table.customers.filter((_, index) => {
    const position = positions[index] ?? -1;
    return position !== -1 && published.segments[position] !== segments[index];
  });
  expect(changed.filter((customer) => !named.has(customer))).toEqual([]);
  expect(comparison?.births).toEqual([]);
  expect(comparison?.deaths).toEqual([]);
}
