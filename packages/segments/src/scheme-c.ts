import type { RfmPoint } from './rfm-statistics.ts';

export const VALUE_TIERS = ['High', 'Growing', 'Base'] as const;
export type ValueTier = (typeof VALUE_TIERS)[number];

export const ENGAGEMENTS = ['Active & Engaged', 'At Risk', 'Developing', 'Inactive'] as const;
export type Engagement = (typeof ENGAGEMENTS)[number];

export type SchemeCName = `${ValueTier} Value - ${Engagement}`;

/** The twelve segments of scheme C, best tier first. */
export const SCHEME_C_NAMES: readonly SchemeCName[] = VALUE_TIERS.flatMap((tier) =>
  ENGAGEMENTS.map((engagement) => schemeCName(tier, engagement)),
);

/**
 * A single customer's segment against the medians of all. Comparisons are strict: who is exactly on a median is in the
 * worse class of it. In the pipeline the model `customer_segments` owns this rule; a test runs its SQL against this one.
 */
export function schemeC(customer: RfmPoint, medians: RfmPoint): SchemeCName {
  return schemeCName(valueTier(customer.monetary, medians.monetary), engagement(customer, medians));
}

export function valueTier(monetary: bigint, median: bigint): ValueTier {
  if (monetary > 2n * median) return 'High';
  return monetary > median ? 'Growing' : 'Base';
}

export function engagement(customer: RfmPoint, medians: RfmPoint): Engagement {
  const isFrequent = customer.frequency > medians.frequency;
  if (customer.recency < medians.recency) return isFrequent ? 'Active & Engaged' : 'Developing';
  return isFrequent ? 'At Risk' : 'Inactive';
}

function schemeCName(tier: ValueTier, engagement: Engagement): SchemeCName {
  return `${tier} Value - ${engagement}`;
}
