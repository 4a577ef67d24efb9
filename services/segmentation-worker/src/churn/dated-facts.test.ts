import { DAY_MS } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import type { FactColumns } from '../features/fact-source.ts';
import { withFacts } from './dated-facts.ts';
import type { TimedSnapshots } from './snapshots.ts';

type Fact = readonly [customer: string, feature: string, value: number | string | null, day: number];

function factsOf(rows: readonly Fact[]): FactColumns {
  return {
    customers: rows.map(([customer]) => customer),
    features: rows.map(([, feature]) => feature),
    numbers: Float64Array.from(rows, ([, , value]) => (typeof value === 'number' ? value : Number.NaN)),
    texts: rows.map(([, , value]) => (typeof value === 'string' ? value : null)),
    knownAtMs: Float64Array.from(rows, ([, , , day]) => day * DAY_MS),
  };
}

const at = (day: number) => ({ day, customers: ['a', 'b'], features: [] });
const data: TimedSnapshots = {
  horizonDays: 30,
  training: { ...at(100), labels: Uint8Array.of(0, 1) },
  test: { ...at(130), labels: Uint8Array.of(0, 1) },
  present: at(160),
};
const none = new Set<string>();
const valuesOf = ({ training, test, present }: TimedSnapshots, name: string) =>
  [training, test, present].map(({ features }) => [...(features.find((one) => one.name === name)?.values ?? [])]);

describe('withFacts', () => {
  it('takes of each fact the latest value by the day, and blank before the first and after it was taken back', () => {
    const facts = factsOf([
      ['a', 'calls', 1, 90],
      ['a', 'calls', 2, 130],
      ['a', 'calls', 3, 131],
      ['b', 'plan', 'yearly', 120],
      ['a', 'plan', 'monthly', 120],
      ['a', 'plan', null, 150],
      ['somebody else', 'calls', 9, 1],
    ]);
    const found = withFacts(data, facts, none);
    expect(valuesOf(found, 'calls')).toEqual([
      [1, Number.NaN],
      [2, Number.NaN],
      [3, Number.NaN],
    ]);
    expect(valuesOf(found, 'plan')).toEqual([
      [null, null],
      ['monthly', 'yearly'],
      [null, 'yearly'],
    ]);
    expect(withFacts(data, factsOf([]), none)).toBe(data);
  });

  it('a moment of the day that may be the next one elsewhere is too late', () => {
    const late = factsOf([
      ['a', 'calls', 1, 90],
      ['a', 'calls', 2, 130.5],
    ]);
    expect(valuesOf(withFacts(data, late, none), 'calls')[1]?.[0]).toBe(1);
  });

  it('refuses a planted fact that only the future knows, unless it is left out', () => {
    const planted = factsOf([
      ['a', 'calls', 1, 90],
      ['b', 'reason for leaving', 'moved', 155],
    ]);
    expect(() => withFacts(data, planted, none)).toThrow(
      expect.objectContaining({ code: 'LEAKAGE', message: expect.stringContaining('"reason for leaving"') }),
    );
    expect(valuesOf(withFacts(data, planted, new Set(['reason for leaving'])), 'calls')[0]?.[0]).toBe(1);
  });

  it('refuses a fact that goes by the name of another feature', () => {
    const named = {
      ...data,
      test: { ...data.test, features: [{ kind: 'numeric', name: 'calls', values: Float64Array.of(1, 2) }] },
    } as const;
    expect(() => withFacts(named, factsOf([['a', 'calls', 1, 90]]), none)).toThrow('has the name of another feature');
  });
});
