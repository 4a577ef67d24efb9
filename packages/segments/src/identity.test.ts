import { SeededRandom } from '@ebb/core';
import { matrixOf } from '@ebb/kmeans';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settledLabels } from './customer-hysteresis.ts';
import { identifyClusters, type PublishedCentres } from './identity.ts';

const published: PublishedCentres = {
  features: ['monetary', 'recency'],
  deviations: [100, 10],
  segments: [
    { id: 4, centroid: [900, 10] },
    { id: 7, centroid: [500, 20] },
    { id: 2, centroid: [100, 90] },
  ],
  nextId: 8,
};

const fresh = (centroids: number[][], shared: number[] = []) => ({
  features: published.features,
  centroids,
  shared: Int32Array.from({ length: 3 * centroids.length }, (_, at) => shared[at] ?? 0),
});

describe('identifyClusters', () => {
  it('numbers the clusters of a first run by their centres', () => {
    const identity = identifyClusters(
      fresh([
        [1, 5],
        [9, 5],
        [9, 6],
      ]),
      null,
    );
    expect([...identity.segmentOfCluster]).toEqual([2, 1, 0]);
    expect(identity).toMatchObject({ births: [0, 1, 2], deaths: [], nextId: 3 });
  });

  it('finds every segment again, whatever numbers the clusters have, also when nobody is in both runs', () => {
    const centres = published.segments.map(({ id, centroid: [a = 0, b = 0] }) => ({ id, centroid: [a + 15, b - 1] }));
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new SeededRandom(seed);
        const order = centres.map((centre) => ({ ...centre, at: random.float() })).toSorted((a, b) => a.at - b.at);
        const identity = identifyClusters(fresh(order.map(({ centroid }) => centroid)), published);
        expect([...identity.segmentOfCluster]).toEqual(order.map(({ id }) => id));
        expect(identity).toMatchObject({ births: [], deaths: [], nextId: 8 });
      }),
      { numRuns: 20, seed: 3 },
    );
  });

  it('follows the members where centres changed places', () => {
    const shared = [0, 95, 5, 100, 0, 0, 0, 0, 100];
    const identity = identifyClusters(
      fresh(
        [
          [900, 10],
          [500, 20],
          [100, 90],
        ],
        shared,
      ),
      published,
    );
    expect([...identity.segmentOfCluster]).toEqual([7, 4, 2]);
    expect(identity.matches[0]).toEqual({ cluster: 1, segment: 4, distance: Math.hypot(4, 1), jaccard: 0.95 });
  });

  it('lets a segment end and another begin with an id that was never used', () => {
    const fewer = identifyClusters(
      fresh([
        [910, 10],
        [110, 88],
      ]),
      published,
    );
    expect([...fewer.segmentOfCluster]).toEqual([4, 2]);
    expect(fewer).toMatchObject({ births: [], deaths: [7], nextId: 8 });
    const replaced = identifyClusters(
      fresh([
        [910, 10],
        [2_000, 300],
        [110, 88],
      ]),
      published,
    );
    expect([...replaced.segmentOfCluster]).toEqual([4, 8, 2]);
    expect(replaced).toMatchObject({ births: [8], deaths: [7], nextId: 9 });
    const more = identifyClusters(
      fresh([
        [910, 10],
        [510, 20],
        [300, 50],
        [110, 88],
      ]),
      published,
    );
    expect([...more.segmentOfCluster]).toEqual([4, 7, 8, 2]);
  });

  it('refuses other features', () => {
    expect(() => identifyClusters({ ...fresh([[1, 2]]), features: ['monetary', 'sessions'] }, published)).toThrow(
      /features monetary, sessions, the published one monetary, recency/,
    );
  });
});

describe('settledLabels', () => {
  const centroids = matrixOf([
    [0, 0],
    [10, 0],
  ]);
  const matrix = matrixOf([
    [4.9, 3],
    [5.4, 3],
    [5.6, 3],
    [5.4, 3],
    [5.4, 3],
  ]);
  const labels = Int32Array.of(0, 1, 1, 1, 1);

  it('keeps customers at home until they are a twentieth of the way past the border', () => {
    const homes = Int32Array.of(0, 0, 0, 1, -1);
    expect([...settledLabels({ matrix, centroids, labels, homes }, 0.05)]).toEqual([0, 0, 1, 1, 1]);
    expect([...settledLabels({ matrix, centroids, labels, homes }, 0)]).toEqual([...labels]);
  });
});
