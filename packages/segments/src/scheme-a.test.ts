import { describe, expect, it } from 'vitest';
import { SCHEME_A_RECOMMENDATIONS } from './recommendations.ts';
import type { RfmPoint } from './rfm-statistics.ts';
import { schemeA, SCHEME_A_NAMES } from './scheme-a.ts';
import { rfmTier, settledTier, tierCode } from './tiers.ts';

const ALL: RfmPoint = { recency: 440_000n, frequency: 20_000n, monetary: 7_000_000n };

/** A cluster whose medians are these multiples of those of all customers. */
function cluster(monetary: number, frequency: number, recency = 0.5): RfmPoint {
  const times = (units: bigint, multiple: number): bigint => BigInt(Math.round(Number(units) * multiple));
  return {
    recency: times(ALL.recency, recency),
    frequency: times(ALL.frequency, frequency),
    monetary: times(ALL.monetary, monetary),
  };
}

describe('scheme A', () => {
  it.each([
    [2.1, 2.1, 'Super VIP Champions', 'VIP At Risk'],
    [9, 2.1, 'Super VIP Champions', 'VIP At Risk'],
    [4.1, 2, 'Ultra High Value Active', 'Ultra High Value At Risk'],
    [4.1, 1, 'Ultra Big Spenders', 'Dormant Ultra High Value'],
    [4, 2, 'High Value Active', 'High Value At Risk'],
    [2.1, 1.1, 'High Value Active', 'High Value At Risk'],
    [4, 1, 'Big Spenders', 'Dormant High Value'],
    [2, 2.1, 'Super Frequent Active', 'Super Frequent At Risk'],
    [2, 2, 'Champions', 'Loyal Customers At Risk'],
    [1.1, 1, 'Potential Loyalists', 'At Risk Customers'],
    [1, 3, 'Frequent Low Value', 'At Risk Frequent'],
    [1, 2, 'Frequent Buyers', 'Cannot Lose Them'],
    [1, 1, 'New Customers', 'Hibernating'],
    [0, 0.5, 'New Customers', 'Hibernating'],
  ])('calls %f times the value and %f times the frequency %s or %s', (monetary, frequency, recent, dormant) => {
    const name = (recency: number): string => schemeA(rfmTier(cluster(monetary, frequency, recency), ALL));
    expect([name(0.99), name(1), name(3)]).toEqual([recent, dormant, dormant]);
  });

  it('has a name of its own for dormant spenders who are outliers in value, and one for what cannot be told', () => {
    expect(schemeA(rfmTier(cluster(3, 1, 2), ALL), true)).toBe('Premium Dormant Customers');
    expect(schemeA(rfmTier(cluster(3, 1, 0.5), ALL), true)).toBe('Big Spenders');
    expect(schemeA(rfmTier(cluster(3, 1), { ...ALL, monetary: 0n }))).toBe('Undefined Segment');
  });

  it('has 24 names, each with one recommendation that no other has', () => {
    expect(SCHEME_A_NAMES).toHaveLength(24);
    expect(Object.keys(SCHEME_A_RECOMMENDATIONS).toSorted()).toEqual(SCHEME_A_NAMES.toSorted());
    expect(new Set(Object.values(SCHEME_A_RECOMMENDATIONS)).size).toBe(24);
  });
});

describe('hysteresis of names', () => {
  const champions = rfmTier(cluster(1.9, 2), ALL);

  it.each([
    [2.19, 2.19, 1.09, 'Champions'],
    [2.21, 2, 0.5, 'High Value Active'],
    [0.92, 0.92, 0.5, 'Champions'],
    [0.9, 1.5, 0.5, 'Frequent Buyers'],
    [1.5, 2.3, 0.5, 'Super Frequent Active'],
    [1.5, 1.5, 1.11, 'Loyal Customers At Risk'],
    [5, 2, 0.5, 'Ultra High Value Active'],
  ])('after Champions, %f, %f and %f times the medians are %s', (monetary, frequency, recency, name) => {
    expect(schemeA(settledTier(cluster(monetary, frequency, recency), ALL, champions, 0.1))).toBe(name);
  });

  it('is none where nothing was published', () => {
    expect(settledTier(cluster(2.01, 2), ALL, null, 0.1)).toEqual({ monetary: 2, frequency: 1, isRecent: true });
  });

  it('codes of tiers tell all 24 apart', () => {
    const codes = [0.5, 1.5, 3, 5].flatMap((m) =>
      [0.5, 1.5, 3].flatMap((f) => [0.5, 2].map((r) => tierCode(rfmTier(cluster(m, f, r), ALL)))),
    );
    expect(new Set(codes).size).toBe(24);
    expect(codes).not.toContain(tierCode(null));
  });
});
