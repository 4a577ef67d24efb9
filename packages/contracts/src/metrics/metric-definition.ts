import type { KpiGrain, KpiUnit } from '../kpi-definitions.ts';

/** `share` is between 0 and 1, `percent` between 0 and 100; `number` is a mean or median of counts, which need not be whole. */
export type MetricUnit = KpiUnit | 'share' | 'percent' | 'number' | 'days' | 'hours';

/** What one value of a metric covers. */
export type MetricGrain = KpiGrain | 'build' | 'cohort' | 'customer' | 'segment';

/** Who answers for its meaning: the team of the source system. */
export type MetricOwner = 'shop' | 'retail' | 'bank';

export interface MetricDefinition {
  readonly name: string;
  readonly title: string;
  readonly owner: MetricOwner;
  /** In words. */
  readonly formula: string;
  readonly unit: MetricUnit;
  readonly grain: readonly MetricGrain[];
  /** Dimensions it may be split by. */
  readonly per: readonly string[];
  /** What it counts and what it leaves out. */
  readonly description: string;
  /** Table in `marts` it is read from; null for what is only live. */
  readonly mart: string | null;
  /** ClickHouse expression over the rows of the mart. Gives NULL where adding them up would be wrong. */
  readonly sql: string | null;
}

/** For a figure whose values must not be added over several of `columns`: users of two days, amounts of two currencies. */
export function onlyWithin(columns: readonly string[], sql: string): string {
  return `if(uniqExact(${columns.join(', ')}) <= 1, ${sql}, NULL)`;
}
