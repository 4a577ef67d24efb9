import type { RfmPoint } from './rfm-statistics.ts';

/** Where recency, frequency and value stand against the medians of all customers. */
export interface RfmTier {
  /** Above so many times the median monetary value; 0: not above it. */
  readonly monetary: 0 | 1 | 2 | 4;
  /** Above so many times the median frequency; 0: not above it. */
  readonly frequency: 0 | 1 | 2;
  /** Last bought less than the median number of days ago. */
  readonly isRecent: boolean;
}

const MONETARY_LEVELS = [4, 2, 1] as const;
const FREQUENCY_LEVELS = [2, 1] as const;

/** Null where a median is not above zero, so that multiples of it say nothing. */
export function rfmTier(point: RfmPoint, medians: RfmPoint): RfmTier | null {
  if (medians.monetary <= 0n || medians.frequency <= 0n) return null;
  return {
    monetary: MONETARY_LEVELS.find((times) => point.monetary > BigInt(times) * medians.monetary) ?? 0,
    frequency: FREQUENCY_LEVELS.find((times) => point.frequency > BigInt(times) * medians.frequency) ?? 0,
    isRecent: point.recency < medians.recency,
  };
}

/**
 * The tier with hysteresis: each of the three stays what it was until the value is past the border by more than `slack`
 * (0.1: a tenth of the border). A median that trembles around a border then renames nothing.
 */
export function settledTier(point: RfmPoint, medians: RfmPoint, before: RfmTier | null, slack: number): RfmTier | null {
  const strict = rfmTier(point, medians);
  if (strict === null || before === null) return strict;
  const monetary = Number(point.monetary) / Number(medians.monetary);
  const frequency = Number(point.frequency) / Number(medians.frequency);
  const recency = medians.recency === 0n ? Number.NaN : Number(point.recency) / Number(medians.recency);
  return {
    monetary: isNear(monetary, before.monetary, MONETARY_LEVELS, slack) ? before.monetary : strict.monetary,
    frequency: isNear(frequency, before.frequency, FREQUENCY_LEVELS, slack) ? before.frequency : strict.frequency,
    isRecent: Math.abs(recency - 1) <= slack ? before.isRecent : strict.isRecent,
  };
}

/** Whether a multiple of the median is within the level `before`, widened by `slack` on both sides. */
function isNear(multiple: number, before: number, levels: readonly number[], slack: number): boolean {
  const above = levels.toReversed().find((level) => level > before) ?? Number.POSITIVE_INFINITY;
  return multiple <= above * (1 + slack) && (before === 0 || multiple > before / (1 + slack));
}

/** One byte per tier, for columns of many customers; 255 for none. */
export function tierCode(tier: RfmTier | null): number {
  if (tier === null) return 255;
  return tier.monetary * 6 + tier.frequency * 2 + (tier.isRecent ? 1 : 0);
}
