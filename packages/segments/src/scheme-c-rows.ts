import type { Money } from '@ebb/core';
import { SCHEME_C_RECOMMENDATIONS } from './recommendations.ts';
import { rfmPoint, type RfmPoint } from './rfm-statistics.ts';
import type { RfmTable } from './rfm-table.ts';
import { SCHEME_C_NAMES, schemeC, type SchemeCName } from './scheme-c.ts';
import { segmentFigures } from './segment-figures.ts';

/** One row per segment of scheme C, also for those without customers; percentages in units of 1/10,000. */
export interface SchemeCRow {
  readonly segment: SchemeCName;
  readonly customers: number;
  readonly revenue: Money;
  readonly percentOfCustomers: bigint;
  readonly percentOfRevenue: bigint;
  readonly recommendation: string;
}

/** In the order of the warehouse's `segment_summary`, whose percentages depend on it in the fourth place. */
const IN_ORDER = SCHEME_C_NAMES.toSorted();

export function schemeCSegments(table: RfmTable, medians: RfmPoint): SchemeCName[] {
  return table.customers.map((_, index) => schemeC(rfmPoint(table, index), medians));
}

export function schemeCRows(table: RfmTable, segments: readonly SchemeCName[]): SchemeCRow[] {
  const positions = new Map(IN_ORDER.map((segment, index) => [segment, index]));
  const keys = Int32Array.from(segments, (segment) => positions.get(segment) ?? -1);
  const found = new Map(segmentFigures(table, keys, (a, b) => a - b).map((figures) => [figures.key, figures]));
  return IN_ORDER.map((segment, key) => {
    const figures = found.get(key);
    return {
      segment,
      customers: figures?.customers ?? 0,
      revenue: figures?.revenue ?? 0n,
      percentOfCustomers: figures?.percentOfCustomers ?? 0n,
      percentOfRevenue: figures?.percentOfRevenue ?? 0n,
      recommendation: SCHEME_C_RECOMMENDATIONS[segment],
    };
  });
}
