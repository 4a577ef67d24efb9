import { describe, expect, it } from 'vitest';
import { compareProfiles, profileReport, profileTable } from './profiles.ts';

const NONE = Number.NaN;

const first = profileTable({
  runId: 'r1',
  analysedAt: '2026-11-01T18:00:00Z',
  features: [
    { name: 'total_spend', values: Float64Array.of(100, 200, 50, 0, 10) },
    { name: 'days_since_last_purchase', values: Float64Array.of(10, 20, NONE, NONE, NONE) },
  ],
  segments: [0, 0, 1, 2, null],
  names: new Map([
    [0, 'Buyers'],
    [1, 'Lookers'],
  ]),
});
const second = profileTable({
  runId: 'r2',
  analysedAt: '2026-11-02T18:00:00Z',
  features: [
    { name: 'total_spend', values: Float64Array.of(100, 230, 60, 70) },
    { name: 'days_since_last_purchase', values: Float64Array.of(11, 5, 2, NONE) },
    { name: 'sessions', values: Float64Array.of(1, 2, 3, 4) },
  ],
  segments: [0, 0, 0, 3],
  names: new Map([
    [0, 'Buyers'],
    [3, 'Newcomers'],
  ]),
});

describe('profileTable', () => {
  it('has a row per segment and one for the rest, which add up to all customers', () => {
    expect(first.map(({ cluster, name, rowsInCluster }) => [cluster, name, rowsInCluster])).toEqual([
      [0, 'Buyers', 2],
      [1, 'Lookers', 1],
      [2, 'segment 2', 1],
      [null, 'not clustered', 1],
    ]);
  });

  it('averages who has a figure; never bought is not bought today', () => {
    expect(first[0]?.features).toEqual([
      { feature: 'total_spend', average: 150, known: 2 },
      { feature: 'days_since_last_purchase', average: 15, known: 2 },
    ]);
    expect(first[1]?.features[1]).toEqual({ feature: 'days_since_last_purchase', average: null, known: 0 });
  });

  it('refuses columns of another length', () => {
    const features = [{ name: 'x', values: Float64Array.of(1) }];
    expect(() => profileTable({ runId: 'r', analysedAt: '', features, segments: [0, 1] })).toThrow(
      /1 values of x for 2/,
    );
  });
});

describe('the report of two runs', () => {
  it('says what grew, shrank, began and ended, and how figures changed', () => {
    expect(profileReport(compareProfiles(first, second))).toEqual([
      'Buyers grew by 1 (+50.0 %) to 3: total_spend −20.00 (−13.3 %), days_since_last_purchase −9.00 (−60.0 %)',
      'Newcomers began with 1',
      'Lookers ended; it had 1',
      'segment 2 ended; it had 1',
      'not clustered ended; it had 1',
    ]);
  });

  it('is quiet about what did not change', () => {
    expect(profileReport(compareProfiles(first, first))).toEqual([
      'Buyers stayed at 2',
      'Lookers stayed at 1',
      'segment 2 stayed at 1',
      'not clustered stayed at 1',
    ]);
  });
});
