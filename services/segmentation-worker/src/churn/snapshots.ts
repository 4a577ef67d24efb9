import { DAY_MS, HOUR_MS } from '@ebb/core';
import type { FeatureColumn } from '@ebb/customer-models';

/** Customers as they were known at the end of one day, in columns of one length. */
export interface Snapshots {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly customers: readonly string[];
  readonly features: readonly FeatureColumn[];
}

export interface LabelledSnapshots extends Snapshots {
  /** 1: churned within the horizon after the day. */
  readonly labels: Uint8Array;
}

/**
 * The same customers at three days, a horizon apart. What came of the first was known on the second, on which a model
 * that learned from it is tested with what is known on the third; those of the third are scored.
 */
export interface TimedSnapshots {
  readonly horizonDays: number;
  readonly training: LabelledSnapshots;
  readonly test: LabelledSnapshots;
  readonly present: Snapshots;
}

/** Where days end first, at UTC+14. */
const EARLIEST_END_MS = 14 * HOUR_MS;

/** The last moment that belongs to the day whatever the business's time zone: later ones could be of the day after. */
export function knownUntilMs(day: number): number {
  return (day + 1) * DAY_MS - EARLIEST_END_MS;
}

export function numericColumn(name: string, values: Float64Array): FeatureColumn {
  return { kind: 'numeric', name, values };
}

export function isKnown({ values }: FeatureColumn): boolean {
  return values.some((value: number | string | null) => value !== null && !Number.isNaN(value));
}
