import type { ColumnScaler, Matrix } from '@ebb/kmeans';
import { BEHAVIOUR_FEATURES, type Theme } from './behaviour-features.ts';

export type Level = 'low' | 'usual' | 'high';

/** How a cluster stands in each theme against all customers; null where no feature tells. */
export interface Traits {
  /** `none`: nearly nobody of the cluster has ever bought. */
  readonly buying: Level | 'none' | null;
  readonly basket: Level | null;
  readonly browsing: Level | null;
  readonly recency: Level | null;
  readonly trouble: Level | null;
  readonly tenure: Level | null;
}

/** From half a standard deviation off the mean of all, a theme tells a cluster from the others. */
const TELLING = 0.5;
/** A level stays what it was until the figure is past its border by so much: what trembles there renames nothing. */
const SLACK = 0.1;
/** Share of buyers below which a cluster counts as one that never bought, and its slack. */
const FEW_BUYERS = 0.1;
const BUYERS_SLACK = 0.05;

export interface ClusterMeans {
  /** Mean z-score of the members, by feature. */
  readonly scores: ReadonlyMap<string, number>;
  /** Share of members who have ever bought; null where that is not known. */
  readonly buyers: number | null;
}

/** Means of each cluster's members; rows and `segments` in one order. */
export function clusterMeans(
  { matrix, features, scaler }: { matrix: Matrix; features: readonly string[]; scaler: ColumnScaler },
  segments: Int32Array,
): Map<number, ClusterMeans> {
  const sums = new Map<number, { rows: number; totals: Float64Array }>();
  for (const [row, segment] of segments.entries()) {
    const sum = sums.get(segment) ?? { rows: 0, totals: new Float64Array(matrix.columns) };
    sum.rows += 1;
    for (const column of features.keys()) {
      sum.totals[column] = (sum.totals[column] ?? 0) + (matrix.data[row * matrix.columns + column] ?? 0);
    }
    sums.set(segment, sum);
  }
  const bought = features.indexOf('has_bought');
  return new Map(
    [...sums].map(([segment, { rows, totals }]) => {
      const means = totals.map((total) => total / rows);
      const score = (column: number): number =>
        ((means[column] ?? 0) - (scaler.center[column] ?? 0)) / (scaler.scale[column] ?? 1);
      const scores = new Map(features.map((feature, column) => [feature, score(column)]));
      return [segment, { scores, buyers: bought === -1 ? null : (means[bought] ?? null) }];
    }),
  );
}

/** With hysteresis where the cluster lives on. */
export function clusterTraits({ scores, buyers }: ClusterMeans, before: Traits | null): Traits {
  const level = (theme: 'basket' | 'browsing' | 'recency' | 'tenure'): Level | null =>
    levelOf(themeScore(theme, scores), before?.[theme]);
  const [buying, undone] = [themeScore('buying', scores), themeScore('trouble', scores)];
  const fewBuyers = FEW_BUYERS + (before === null ? 0 : before.buying === 'none' ? BUYERS_SLACK : -BUYERS_SLACK);
  const wasBuying = before?.buying === 'none' ? null : before?.buying;
  const isNone = buyers !== null && buyers < fewBuyers;
  return {
    buying: isNone ? 'none' : levelOf(buying, wasBuying),
    // Of hardly any order nothing is known of a basket.
    basket: isNone ? null : level('basket'),
    browsing: level('browsing'),
    recency: level('recency'),
    // Who orders more, cancels and returns more.
    trouble: levelOf(undone === null ? null : undone - Math.max(0, buying ?? 0), before?.trouble),
    tenure: level('tenure'),
  };
}

function themeScore(theme: Theme, scores: ReadonlyMap<string, number>): number | null {
  const found = BEHAVIOUR_FEATURES.filter((feature) => feature.theme === theme).flatMap(({ name, direction }) => {
    const score = scores.get(name);
    return score === undefined ? [] : [direction * score];
  });
  return found.length === 0 ? null : found.reduce((sum, score) => sum + score, 0) / found.length;
}

function levelOf(score: number | null, before: Level | null | undefined): Level | null {
  if (score === null) return null;
  if (before === 'high' && score >= TELLING - SLACK) return 'high';
  if (before === 'low' && score <= SLACK - TELLING) return 'low';
  const border = TELLING + (before === 'usual' ? SLACK : 0);
  if (Math.abs(score) < border) return 'usual';
  return score > 0 ? 'high' : 'low';
}

export function isSameTraits(a: Traits, b: Traits): boolean {
  return (Object.keys(a) as (keyof Traits)[]).every((theme) => a[theme] === b[theme]);
}
