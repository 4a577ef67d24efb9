import { SeededRandom } from '@ebb/core';
import { matrixOf } from '@ebb/kmeans';
import { describe, expect, it } from 'vitest';
import { K_RULE } from './choose-k.ts';
import { type ClusterOptions, clusterPopulation, type Clustering, type Population } from './cluster-population.ts';

const OPTIONS: ClusterOptions = {
  ks: [2, 3, 4, 5, 6, 7],
  seed: 1,
  nInit: 5,
  maxIterations: 100,
  kRule: K_RULE,
  customerSlack: 0.05,
};

/** Sixty customers around each centre. */
function population(centres: readonly (readonly [number, number])[], seed = 'blobs'): Population {
  const random = new SeededRandom(seed);
  const rows = centres.flatMap(([x, y]) =>
    Array.from({ length: 60 }, () => [x + random.normal(), y + random.normal()]),
  );
  return {
    customers: rows.map((_, index) => `c${String(index).padStart(4, '0')}`),
    features: ['spend', 'visits'],
    matrix: matrixOf(rows),
  };
}

function published({ choice, centroids, identity, segments, scaler }: Clustering, { customers, features }: Population) {
  const centres = centroids.map((centroid, cluster) => ({ id: identity.segmentOfCluster[cluster] ?? -1, centroid }));
  return {
    clusters: {
      features,
      deviations: scaler.scale,
      segments: centres,
      nextId: identity.nextId,
      k: choice.k,
      challenger: choice.challenger,
    },
    membership: { customers, segments },
  };
}

describe('clusterPopulation', () => {
  const three = population([
    [0, 0],
    [20, 0],
    [10, 18],
  ]);
  const four = population([
    [0, 0],
    [20, 0],
    [10, 18],
    [40, 40],
  ]);

  it('takes another k in the second run in which it leads, and gives the new segment a new id', () => {
    const first = clusterPopulation(three, OPTIONS, null);
    expect(first.choice.k).toBe(3);
    const second = clusterPopulation(four, OPTIONS, published(first, three));
    expect(second.choice).toMatchObject({ k: 3, challenger: { k: 4, runs: 1 } });
    const third = clusterPopulation(four, OPTIONS, published(second, four));
    expect(third.choice).toMatchObject({ k: 4, challenger: null });
    expect(third.identity.births).toHaveLength(1);
    expect(Math.min(...third.identity.births)).toBeGreaterThanOrEqual(second.identity.nextId);
    const fourth = clusterPopulation(four, OPTIONS, published(third, four));
    expect(fourth.segments).toEqual(third.segments);
    expect(fourth.identity).toMatchObject({ births: [], deaths: [] });
  });

  it('chooses k on a sample of a large population and clusters everybody', () => {
    const whole = clusterPopulation(four, OPTIONS, null);
    const sampled = clusterPopulation(four, { ...OPTIONS, fitRows: 150 }, null);
    expect(sampled.segments).toEqual(whole.segments);
    expect(sampled.fit.inertia).toBeCloseTo(whole.fit.inertia, 9);
    expect(sampled.choice.k).toBe(4);
  });

  it('separates nobody by a constant feature', () => {
    const { data, rows } = four.matrix;
    const flat = { ...four, matrix: { data: data.map((value, at) => (at % 2 === 0 ? value : 7)), rows, columns: 2 } };
    const { scaler, centroids } = clusterPopulation(flat, OPTIONS, null);
    expect([scaler.center[1], scaler.scale[1]]).toEqual([7, 1]);
    expect(centroids.every(([, constant]) => constant === 7)).toBe(true);
  });

  it('says what is wrong with customers who cannot be clustered', () => {
    const few = (rows: number[][]): Population => ({
      customers: rows.map((_, index) => String(index)),
      features: ['spend', 'visits'],
      matrix: matrixOf(rows),
    });
    const run = (rows: number[][]) => () => clusterPopulation(few(rows), { ...OPTIONS, ks: [2, 12] }, null);
    expect(run([[1, 2]])).toThrow(/1 customers cannot be put into up to 12 clusters/);
    expect(
      run([
        [1, 2],
        [2, 3],
        [3, 4],
      ]),
    ).toThrow(/lower the largest k below 3/);
    expect(run(Array.from({ length: 30 }, () => [1, 2]))).toThrow(/all equal in spend, visits/);
    expect(run(Array.from({ length: 30 }, (_, at) => [at % 3, at % 2]))).toThrow(/only 6 differ/);
    expect(run(Array.from({ length: 30 }, (_, at) => [at, at === 9 ? Number.NaN : at]))).toThrow(
      /visits of customer "9" is NaN/,
    );
    expect(() => clusterPopulation({ ...three, customers: ['a'] }, OPTIONS, null)).toThrow(
      /180 rows of 2 figures for 1 customers/,
    );
  });
});
