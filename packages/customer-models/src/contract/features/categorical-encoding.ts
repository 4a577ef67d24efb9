/** How a text becomes a column of the regression and a bin of the trees; plain data, kept with the model. */
export interface CategoricalEncoding {
  readonly kind: 'categorical';
  readonly name: string;
  /** Levels with a column of their own, commonest first. */
  readonly levels: readonly string[];
  /** Whether training rows had levels too rare for that; they share one column. */
  readonly hasPool: boolean;
  /** Whether blanks were common enough to be a level. */
  readonly hasBlanks: boolean;
}

const MAX_LEVELS = 60;
const MIN_ROWS = 10;
const MIN_PART = 0.005;

/** Learns the levels from training rows (null: blank); no label is looked at. */
export function fitCategorical(name: string, values: readonly (string | null)[]): CategoricalEncoding {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const enough = Math.min(values.length / 4, Math.max(MIN_ROWS, MIN_PART * values.length));
  const ranked = [...counts].toSorted(([a, n], [b, m]) => m - n || ((a ?? '') < (b ?? '') ? -1 : 1));
  const kept = ranked.filter(([, count]) => count >= enough).slice(0, MAX_LEVELS);
  return {
    kind: 'categorical',
    name,
    levels: kept.flatMap(([level]) => (level === null ? [] : [level])),
    hasPool: kept.length < ranked.length,
    hasBlanks: kept.some(([level]) => level === null),
  };
}

/** Levels, pool, blank: in this order, with or without a pool and blanks. */
export function categoricalColumns({ levels, hasPool, hasBlanks }: CategoricalEncoding): number {
  return levels.length + (hasPool ? 1 : 0) + (hasBlanks ? 1 : 0);
}

/** Position of a level in the encoding; its column, and for the trees its bin. -1: nobody in training was like this. */
export type LevelFinder = (value: string | null) => number;

/** Rare and unseen levels are the pool's; where there was none they are unknown, which counts as the average. */
export function levelFinder(encoding: CategoricalEncoding): LevelFinder {
  const { levels, hasPool, hasBlanks } = encoding;
  const positions = new Map(levels.map((level, index) => [level, index]));
  const pool = hasPool ? levels.length : -1;
  const blank = hasBlanks ? levels.length + (hasPool ? 1 : 0) : pool;
  return (value) => (value === null ? blank : (positions.get(value) ?? pool));
}
