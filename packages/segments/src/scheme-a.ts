import type { RfmTier } from './tiers.ts';

/** Names by monetary and frequency level: the recent one, then the one of customers who have not bought for long. */
const NAMES = {
  4: {
    2: ['Super VIP Champions', 'VIP At Risk'],
    1: ['Ultra High Value Active', 'Ultra High Value At Risk'],
    0: ['Ultra Big Spenders', 'Dormant Ultra High Value'],
  },
  2: {
    2: ['Super VIP Champions', 'VIP At Risk'],
    1: ['High Value Active', 'High Value At Risk'],
    0: ['Big Spenders', 'Dormant High Value'],
  },
  1: {
    2: ['Super Frequent Active', 'Super Frequent At Risk'],
    1: ['Champions', 'Loyal Customers At Risk'],
    0: ['Potential Loyalists', 'At Risk Customers'],
  },
  0: {
    2: ['Frequent Low Value', 'At Risk Frequent'],
    1: ['Frequent Buyers', 'Cannot Lose Them'],
    0: ['New Customers', 'Hibernating'],
  },
} as const;

export const UNDEFINED_SEGMENT = 'Undefined Segment';
const PREMIUM_DORMANT = 'Premium Dormant Customers';

type ByLevel = typeof NAMES;
type CellName = ByLevel[RfmTier['monetary']][RfmTier['frequency']][number];
export type SchemeAName = CellName | typeof PREMIUM_DORMANT | typeof UNDEFINED_SEGMENT;

/** All 24 names: 22 of the levels, one of a class, and the fallback. */
export const SCHEME_A_NAMES: readonly SchemeAName[] = [
  ...new Set(Object.values(NAMES).flatMap((row) => Object.values(row).flat())),
  PREMIUM_DORMANT,
  UNDEFINED_SEGMENT,
];

/**
 * A cluster's name, from the tier of its medians against those of all customers; no number of a cluster takes part.
 * Outliers in value alone have a name of their own where they are dormant big spenders.
 */
export function schemeA(tier: RfmTier | null, isMonetaryOutlierClass = false): SchemeAName {
  if (tier === null) return UNDEFINED_SEGMENT;
  const name = NAMES[tier.monetary][tier.frequency][tier.isRecent ? 0 : 1];
  return name === 'Dormant High Value' && isMonetaryOutlierClass ? PREMIUM_DORMANT : name;
}
