import type { Money } from '@ebb/core';
import { revenueOf, rfmMedians, type RfmPoint } from './rfm-statistics.ts';
import type { RfmTable } from './rfm-table.ts';
import { percentages } from './shares.ts';

/**
 * What the customers of a segment come to. Averages, medians and percentages are in units of 1/10,000 and cut off there,
 * as in the warehouse.
 */
export interface SegmentFigures {
  readonly key: number;
  readonly customers: number;
  readonly revenue: Money;
  readonly average: RfmPoint;
  readonly median: RfmPoint;
  readonly percentOfCustomers: bigint;
  readonly percentOfRevenue: bigint;
}

/** Figures of each key that has customers, in the order of `compare`; percentages add up to 100. */
export function segmentFigures(
  table: RfmTable,
  keys: Int32Array,
  compare: (a: number, b: number) => number,
): SegmentFigures[] {
  const members = new Map<number, number[]>();
  for (const [index, key] of keys.entries()) {
    const list = members.get(key);
    if (list === undefined) members.set(key, [index]);
    else list.push(index);
  }
  const groups = [...members].toSorted(([a], [b]) => compare(a, b)).map(([key, list]) => figuresOf(table, key, list));
  const ofCustomers = percentages(groups.map(({ customers }) => BigInt(customers)));
  const ofRevenue = percentages(groups.map(({ revenue }) => revenue));
  return groups.map((figures, index) => ({
    ...figures,
    percentOfCustomers: ofCustomers[index] ?? 0n,
    percentOfRevenue: ofRevenue[index] ?? 0n,
  }));
}

function figuresOf(
  table: RfmTable,
  key: number,
  members: number[],
): Omit<SegmentFigures, 'percentOfCustomers' | 'percentOfRevenue'> {
  const revenue = revenueOf(table, members);
  return {
    key,
    customers: members.length,
    revenue,
    average: {
      recency: meanUnits(table.recencyDays, members),
      frequency: meanUnits(table.frequency, members),
      monetary: revenue / BigInt(members.length),
    },
    median: rfmMedians(table, members),
  };
}

function meanUnits(column: Float64Array, members: readonly number[]): bigint {
  let total = 0n;
  for (const index of members) total += BigInt(Math.round((column[index] ?? Number.NaN) * 10_000));
  return total / BigInt(members.length);
}
