import { optimalAssignment } from './assignment.ts';
import { SegmentsError } from './errors.ts';

/** Where the clusters of a published run lie, in the features' own units. */
export interface PublishedCentres {
  /** In the order of the coordinates. */
  readonly features: readonly string[];
  /** Standard deviation of each feature in the published run: the unit of distances. */
  readonly deviations: readonly number[];
  readonly segments: readonly { readonly id: number; readonly centroid: readonly number[] }[];
  /** Id of the next segment to be born. Ids of segments that ended are not used again. */
  readonly nextId: number;
}

export interface FreshClusters {
  readonly features: readonly string[];
  /** In the features' own units. */
  readonly centroids: readonly (readonly number[])[];
  /** Of the customers clustered in both runs, how many went from segment `s` to cluster `c`: `s * clusters + c`. */
  readonly shared: Int32Array;
}

/** A cluster taken for a published segment. */
export interface Match {
  readonly cluster: number;
  readonly segment: number;
  /** How far the centre moved, in standard deviations of the published run. */
  readonly distance: number;
  /** Jaccard index of the members, among customers who are in both runs. */
  readonly jaccard: number;
}

export interface Identity {
  /** Id of each cluster, old or new. */
  readonly segmentOfCluster: Int32Array;
  readonly matches: readonly Match[];
  /** Ids given for the first time. */
  readonly births: readonly number[];
  /** Ids of the published run that no cluster continues. */
  readonly deaths: readonly number[];
  readonly nextId: number;
}

/**
 * Gives clusters the ids of the published segments that they continue. A pair costs half by how far the centre moved and
 * half by the members it does not share; the assignment of least cost over all pairs decides. A pair is no match when the
 * centre moved further than half the way to the nearest other segment and fewer than half of the members are the same:
 * then one segment ended and another began. Without published ones, ids begin at `firstId`. Raises NOT_COMPARABLE for other features.
 */
export function identifyClusters(fresh: FreshClusters, published: PublishedCentres | null, firstId = 0): Identity {
  if (published === null) return settle(fresh, [], [], firstId);
  checkFeatures(fresh.features, published.features);
  const pairs = comparePairs(fresh, published);
  const clusters = fresh.centroids.length;
  const costs = Float64Array.from(pairs, ({ cost }) => cost);
  const clusterOf = optimalAssignment({ data: costs, rows: published.segments.length, columns: clusters });
  const matches: Match[] = [];
  for (const [row, cluster] of clusterOf.entries()) {
    const pair = cluster === -1 ? undefined : pairs[row * clusters + cluster];
    if (pair !== undefined && (pair.distance <= pair.reach / 2 || pair.jaccard >= 0.5)) {
      matches.push({ cluster, segment: pair.segment, distance: pair.distance, jaccard: pair.jaccard });
    }
  }
  const ids = published.segments.map(({ id }) => id);
  return settle(fresh, matches, ids, published.nextId);
}

interface Pair {
  readonly segment: number;
  readonly distance: number;
  readonly jaccard: number;
  /** From the segment to its nearest neighbour in the published run. */
  readonly reach: number;
  readonly cost: number;
}

function comparePairs(fresh: FreshClusters, published: PublishedCentres): Pair[] {
  const { deviations, segments } = published;
  const clusters = fresh.centroids.length;
  return segments.flatMap(({ id, centroid }, row) => {
    const reach = reachOf(centroid, published);
    const before = sum(fresh.shared, row * clusters, 1, clusters);
    return fresh.centroids.map((other, cluster) => {
      const both = fresh.shared[row * clusters + cluster] ?? 0;
      const either = before + sum(fresh.shared, cluster, clusters, segments.length) - both;
      const jaccard = either === 0 ? 0 : both / either;
      const distance = scaledDistance(centroid, other, deviations);
      return { segment: id, distance, jaccard, reach, cost: distance / (distance + reach) / 2 + (1 - jaccard) / 2 };
    });
  });
}

/** Distance to the nearest other segment; a lone segment reaches one standard deviation. */
function reachOf(centroid: readonly number[], { segments, deviations }: PublishedCentres): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const other of segments) {
    if (other.centroid !== centroid) nearest = Math.min(nearest, scaledDistance(centroid, other.centroid, deviations));
  }
  return Number.isFinite(nearest) && nearest > 0 ? nearest : 1;
}

/** Euclidean, each feature in its standard deviations. */
export function scaledDistance(a: readonly number[], b: readonly number[], deviations: readonly number[]): number {
  return Math.hypot(...a.map((value, index) => (value - (b[index] ?? Number.NaN)) / (deviations[index] ?? 1)));
}

function settle(fresh: FreshClusters, matches: Match[], published: readonly number[], firstId: number): Identity {
  const segmentOfCluster = new Int32Array(fresh.centroids.length).fill(-1);
  for (const { cluster, segment } of matches) segmentOfCluster[cluster] = segment;
  const unborn = [...segmentOfCluster.keys()].filter((cluster) => segmentOfCluster[cluster] === -1);
  // By their centres, so that the numbers an algorithm happened to give decide nothing.
  const inOrder = unborn.toSorted((a, b) => compareCentres(fresh.centroids[a] ?? [], fresh.centroids[b] ?? []));
  let nextId = firstId;
  for (const cluster of inOrder) {
    segmentOfCluster[cluster] = nextId;
    nextId += 1;
  }
  const living = new Set(matches.map(({ segment }) => segment));
  return {
    segmentOfCluster,
    matches,
    births: inOrder.map((cluster) => segmentOfCluster[cluster] ?? -1),
    deaths: published.filter((id) => !living.has(id)),
    nextId,
  };
}

/** Descending by the first feature, then by the next ones. */
function compareCentres(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
}

function sum(values: Int32Array, start: number, step: number, count: number): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) total += values[start + index * step] ?? 0;
  return total;
}

function checkFeatures(fresh: readonly string[], published: readonly string[]): void {
  if (fresh.length === published.length && fresh.every((name, index) => name === published[index])) return;
  throw new SegmentsError(
    'NOT_COMPARABLE',
    `this run has the features ${fresh.join(', ')}, the published one ${published.join(', ')}; ` +
      'start a new line of segments for other features',
  );
}
