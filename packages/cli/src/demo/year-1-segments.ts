/**
 * What the segments of the demo's year come to, by figures that were worked out independently of this project: the check
 * by which the demo fails when one of its parts changes the result.
 */
export interface SegmentFigures {
  readonly k: number;
  readonly inertia: number;
  readonly silhouette: number;
  /** Customers by cluster; −1, −2, −3 are classes of outliers. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Customers and revenue by segment of scheme C. */
  readonly segments: ReadonlyMap<string, { readonly customers: number; readonly revenue: string }>;
}

const OUTLIERS: readonly (readonly [number, number])[] = [
  [-1, 197],
  [-2, 53],
  [-3, 226],
];
const CLUSTER_SIZES = [1_491, 913, 907, 498];
/** K-Means ends in one of several optima that differ by a handful of customers. */
const SIZE_TOLERANCE = 6;
const K = 4;
const MOST_INERTIA = 2_741.6;
const SILHOUETTE = 0.417;
const SILHOUETTE_TOLERANCE = 0.001;

const SCHEME_C: readonly (readonly [segment: string, customers: number, revenue: string])[] = [
  ['High Value - Active & Engaged', 890, '5864187.32'],
  ['High Value - At Risk', 300, '999689.72'],
  ['High Value - Developing', 34, '76697.14'],
  ['High Value - Inactive', 67, '170262.38'],
  ['Growing Value - Active & Engaged', 353, '372077.97'],
  ['Growing Value - At Risk', 229, '238389.02'],
  ['Growing Value - Developing', 103, '99296.25'],
  ['Growing Value - Inactive', 166, '152280.36'],
  ['Base Value - Active & Engaged', 154, '78539.12'],
  ['Base Value - At Risk', 140, '66683.25'],
  ['Base Value - Developing', 596, '197275.99'],
  ['Base Value - Inactive', 1_253, '358004.81'],
];

/** Every figure that is another than the year's, in words; empty when all are right. */
export function wrongFigures(found: SegmentFigures): string[] {
  return [...wrongClusters(found), ...wrongSegments(found)];
}

function wrongClusters({ k, inertia, silhouette, sizes }: SegmentFigures): string[] {
  const clustered = [...sizes].filter(([cluster]) => cluster >= 0).map(([, size]) => size);
  const sorted = clustered.toSorted((a, b) => b - a);
  const isAsKnown =
    sorted.length === CLUSTER_SIZES.length &&
    CLUSTER_SIZES.every((size, at) => Math.abs((sorted[at] ?? 0) - size) <= SIZE_TOLERANCE);
  return [
    ...(k === K ? [] : [`k is ${k}, not ${K}`]),
    ...(inertia <= MOST_INERTIA ? [] : [`inertia is ${inertia}, more than ${MOST_INERTIA}`]),
    ...(Math.abs(silhouette - SILHOUETTE) <= SILHOUETTE_TOLERANCE
      ? []
      : [`silhouette is ${silhouette}, not ${SILHOUETTE}`]),
    ...(isAsKnown ? [] : [`clusters have ${sorted.join(', ')} customers, not ${CLUSTER_SIZES.join(', ')}`]),
    ...OUTLIERS.flatMap(([cluster, size]) => {
      const seen = sizes.get(cluster) ?? 0;
      return seen === size ? [] : [`outlier class ${cluster} has ${seen} customers, not ${size}`];
    }),
  ];
}

function wrongSegments({ segments }: SegmentFigures): string[] {
  const known = new Set(SCHEME_C.map(([segment]) => segment));
  return [
    ...SCHEME_C.flatMap(([segment, customers, revenue]) => {
      const seen = segments.get(segment) ?? { customers: 0, revenue: '0' };
      if (seen.customers === customers && seen.revenue === revenue) return [];
      return [`${segment} has ${seen.customers} customers and ${seen.revenue}, not ${customers} and ${revenue}`];
    }),
    ...[...segments.keys()].filter((segment) => !known.has(segment)).map((segment) => `${segment} is no segment`),
  ];
}
