import { encodeRows, type FeatureEncoding, UNKNOWN_BIN } from '../features/encoder.ts';
import type { FeatureColumn } from '../features/feature-columns.ts';
import type { ChurnModel } from './churn-model.ts';
import { churnContributions } from './contributions.ts';

export interface EffectPart {
  /** A level, or the range of a number as `from–to`; `(blank)` and `(other)` where rows had none or a rare one. */
  readonly values: string;
  readonly rows: number;
  /** Mean log-odds that the feature adds in these rows, against an average customer. */
  readonly contribution: number;
}

export interface FeatureEffect {
  readonly feature: string;
  /** Mean of the absolute contributions: how much the feature moves scores. */
  readonly importance: number;
  readonly parts: readonly EffectPart[];
}

/** So many ranges a number is shown in. */
const MAX_RANGES = 8;

/** Effect of each feature on the scores of these rows, the most important first. */
export function featureEffects(model: ChurnModel, columns: readonly FeatureColumn[]): FeatureEffect[] {
  const { values, rows, features } = churnContributions(model, columns);
  const { bins } = encodeRows(model.encoder, columns);
  const effects = model.encoder.features.map((encoding, index) => {
    const own = Float64Array.from({ length: rows }, (_, row) => values[row * features.length + index] ?? 0);
    const column = columns.find(({ name }) => name === encoding.name);
    return {
      feature: encoding.name,
      importance: own.reduce((sum, value) => sum + Math.abs(value), 0) / rows,
      parts: partsOf(encoding, column, bins[index] ?? new Uint8Array(rows), own),
    };
  });
  return effects.toSorted((a, b) => b.importance - a.importance);
}

function partsOf(
  encoding: FeatureEncoding,
  column: FeatureColumn | undefined,
  bins: Uint8Array,
  contributions: Float64Array,
): EffectPart[] {
  const nameOf =
    encoding.kind === 'numeric' && column?.kind === 'numeric'
      ? rangesOf(column.values)
      : (row: number): string => levelName(encoding, bins[row] ?? UNKNOWN_BIN);
  const sums = new Map<string, { rows: number; sum: number }>();
  for (const [row, contribution] of contributions.entries()) {
    const name = nameOf(row);
    const part = sums.get(name) ?? { rows: 0, sum: 0 };
    sums.set(name, { rows: part.rows + 1, sum: part.sum + contribution });
  }
  const parts = [...sums].map(([values, { rows, sum }]) => ({ values, rows, contribution: sum / rows }));
  if (encoding.kind === 'categorical') return parts.toSorted((a, b) => b.contribution - a.contribution);
  const start = (part: EffectPart): number => (part.values === BLANK ? Infinity : Number(part.values.split('–')[0]));
  return parts.toSorted((a, b) => start(a) - start(b));
}

const BLANK = '(blank)';
const OTHER = '(other)';

function levelName(encoding: FeatureEncoding, bin: number): string {
  if (encoding.kind === 'numeric') return OTHER;
  const { levels, hasPool } = encoding;
  return levels[bin] ?? (bin === levels.length && hasPool ? OTHER : bin === UNKNOWN_BIN ? OTHER : BLANK);
}

/** Single values where there are few, otherwise ranges of about equally many rows. */
function rangesOf(values: Float64Array): (row: number) => string {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  const distinct = [...new Set(sorted)];
  const starts =
    distinct.length <= MAX_RANGES
      ? distinct
      : [
          ...new Set(
            Array.from({ length: MAX_RANGES }, (_, i) => sorted[Math.floor((i * sorted.length) / MAX_RANGES)] ?? 0),
          ),
        ];
  const names = starts.map((start, index) => {
    const next = starts[index + 1] ?? Infinity;
    const last = distinct.findLast((value) => value >= start && value < next) ?? start;
    return last === start ? String(start) : `${start}–${last}`;
  });
  return (row) => {
    const value = values[row] ?? Number.NaN;
    return names[starts.findLastIndex((start) => start <= value)] ?? BLANK;
  };
}
