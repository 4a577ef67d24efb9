import { describe, expect, it } from 'vitest';
import { migrations, positionsIn } from './membership.ts';
import { customerMoves, type NamedMembership, type NamedSegment, segmentRenames, segmentsOnlyIn } from './renames.ts';

const segment = (cluster: number, name: string, monetary: number): NamedSegment => ({
  cluster,
  name,
  tier: { monetary: monetary > 2 ? 2 : 1, frequency: 1, isRecent: true },
  multiples: { recency: 0.5, frequency: 1.5, monetary },
});

const before: NamedMembership = {
  customers: ['a', 'b', 'c', 'd', 'e', 'f', 'h'],
  segments: Int32Array.of(0, 0, 1, 2, -1, 0, 1),
  tiers: Uint8Array.of(1, 1, 1, 1, 1, 1, 1),
  named: [segment(0, 'Champions', 1.9), segment(1, 'Frequent', 1), segment(2, 'Gone', 1), segment(-1, 'Big', 3)],
};
const now: NamedMembership = {
  customers: ['a', 'b', 'c', 'd', 'e', 'g', 'h'],
  segments: Int32Array.of(0, 1, 1, 3, 1, 0, 3),
  tiers: Uint8Array.of(1, 2, 1, 1, 1, 1, 1),
  named: [segment(0, 'High', 2.31), segment(1, 'Frequent', 1), segment(3, 'Fresh', 1)],
};

describe('what changed between two runs', () => {
  it('lists renamed segments with the median that crossed a border', () => {
    expect(segmentRenames(before.named, now.named)).toEqual([
      {
        cluster: 0,
        from: 'Champions',
        to: 'High',
        causes: ['its median monetary value is 2.31 times that of all customers, was 1.90'],
      },
    ]);
  });

  it('lists segments that began and that ended by name', () => {
    expect(segmentsOnlyIn(now.named, before.named)).toEqual([{ cluster: 3, name: 'Fresh' }]);
    expect(segmentsOnlyIn(before.named, now.named).map(({ name }) => name)).toEqual(['Gone', 'Big']);
  });

  it('gives every customer who moved the cause', () => {
    expect(customerMoves(before, now).map(({ customer, from, to, cause }) => [customer, from, to, cause])).toEqual([
      ['a', 0, 0, 'segment renamed'],
      ['b', 0, 1, 'own figures in another tier'],
      ['d', 2, 3, 'segment ended'],
      ['e', -1, 1, 'outlier class changed'],
      ['h', 1, 3, 'segment began'],
    ]);
    const back = { ...now, segments: Int32Array.of(0, 1, 0, 1, 1, 0, 1), tiers: before.tiers };
    expect(customerMoves(now, back).find(({ customer }) => customer === 'c')?.cause).toBe('nearer to another segment');
  });

  it('counts migrations, with who came and who went', () => {
    const cells = migrations(before, now);
    expect(cells).toEqual([
      { from: -1, to: 1, customers: 1 },
      { from: 0, to: 0, customers: 1 },
      { from: 0, to: 1, customers: 1 },
      { from: 0, to: null, customers: 1 },
      { from: 1, to: 1, customers: 1 },
      { from: 1, to: 3, customers: 1 },
      { from: 2, to: 3, customers: 1 },
      { from: null, to: 0, customers: 1 },
    ]);
  });

  it('finds positions in a sorted list', () => {
    expect([...positionsIn(['a', 'c', 'd'], ['0', 'a', 'b', 'c', 'e'])]).toEqual([-1, 0, -1, 1, -1]);
    expect([...positionsIn([], ['a'])]).toEqual([-1]);
  });
});
