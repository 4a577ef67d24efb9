import type { Money } from '@ebb/core';
import { SegmentsError } from './errors.ts';
import type { RfmTable } from './rfm-table.ts';

/** Units of 1/10,000 in which days, invoices and money are compared, so that nobody on a median falls off it. */
const UNITS = 10_000;

/** Recency (days), frequency (invoices) and monetary value, all in units of 1/10,000. */
export interface RfmPoint {
  readonly recency: bigint;
  readonly frequency: bigint;
  readonly monetary: bigint;
}

/** Values outside are outliers; the fences themselves are not. In units of 1/10,000. */
export interface Fences {
  readonly low: bigint;
  readonly high: bigint;
}

export interface RfmStatistics {
  readonly customers: number;
  readonly revenue: Money;
  readonly medians: RfmPoint;
  readonly frequencyFences: Fences;
  readonly monetaryFences: Fences;
}

/** Medians and fences of all customers of a table. Raises NO_CUSTOMERS. */
export function rfmStatistics(table: RfmTable): RfmStatistics {
  const all = Array.from(table.customers, (_, index) => index);
  const frequency = toUnits(table.frequency).toSorted();
  const monetary = table.monetary.toSorted();
  return {
    customers: table.customers.length,
    revenue: revenueOf(table, all),
    medians: rfmMedians(table, all),
    frequencyFences: fences(frequency),
    monetaryFences: fences(monetary),
  };
}

/** Medians of the customers at these positions. Raises NO_CUSTOMERS when there are none. */
export function rfmMedians(table: RfmTable, members: readonly number[] | Int32Array): RfmPoint {
  const pick = (column: Float64Array): BigInt64Array =>
    toUnits(Float64Array.from(members, (index) => column[index] ?? Number.NaN)).toSorted();
  return {
    recency: quartile(pick(table.recencyDays), 2),
    frequency: quartile(pick(table.frequency), 2),
    monetary: quartile(BigInt64Array.from(members, (index) => table.monetary[index] ?? 0n).toSorted(), 2),
  };
}

/** Sum of what the customers at these positions spent. */
export function revenueOf(table: RfmTable, members: readonly number[] | Int32Array): Money {
  let revenue = 0n;
  for (const index of members) revenue += table.monetary[index] ?? 0n;
  return revenue;
}

export function rfmPoint(table: RfmTable, index: number): RfmPoint {
  return {
    recency: units(table.recencyDays[index] ?? Number.NaN),
    frequency: units(table.frequency[index] ?? Number.NaN),
    monetary: table.monetary[index] ?? 0n,
  };
}

/**
 * Quartile `k` (0 to 4) of sorted integers by linear interpolation between neighbours: type 7 of R. J. Hyndman & Y. Fan,
 * Sample Quantiles in Statistical Packages, The American Statistician 50 (1996). Exact but for the last of four decimals,
 * which is cut off as in the warehouse.
 */
export function quartile(sorted: BigInt64Array, k: 0 | 1 | 2 | 3 | 4): bigint {
  if (sorted.length === 0) throw new SegmentsError('NO_CUSTOMERS', 'quartiles of no customers; wait for the first one');
  const rank = (sorted.length - 1) * k;
  const position = Math.floor(rank / 4);
  const low = sorted[position] ?? 0n;
  const high = sorted[Math.min(position + 1, sorted.length - 1)] ?? 0n;
  return low + ((high - low) * BigInt(rank % 4)) / 4n;
}

/** One and a half interquartile ranges beyond the quartiles: J. W. Tukey, Exploratory Data Analysis, 1977. */
function fences(sorted: BigInt64Array): Fences {
  const [q1, q3] = [quartile(sorted, 1), quartile(sorted, 3)];
  const reach = ((q3 - q1) * 3n) / 2n;
  return { low: q1 - reach, high: q3 + reach };
}

function toUnits(values: Float64Array): BigInt64Array {
  return BigInt64Array.from(values, units);
}

function units(value: number): bigint {
  return BigInt(Math.round(value * UNITS));
}
