import { ContractModelError } from '../errors.ts';

/** Scores (any order-preserving number, or probabilities) with what came of it: 1 churned, 0 stayed; equal lengths. */
export interface ScoredRows {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/** Raises EMPTY_TABLE, BAD_FEATURE (lengths, a score that is no number) and, where both classes are needed, ONE_CLASS. */
export function countClasses({ scores, labels }: ScoredRows): ClassCounts {
  if (scores.length === 0) throw new ContractModelError('EMPTY_TABLE', 'no scores: there is nothing to measure');
  if (scores.length !== labels.length) {
    throw new ContractModelError('BAD_FEATURE', `${scores.length} scores and ${labels.length} labels: pair them`);
  }
  const bad = scores.findIndex((score) => Number.isNaN(score));
  if (bad >= 0) throw new ContractModelError('BAD_FEATURE', `score ${bad} is NaN: rows without a score are left out`);
  let positives = 0;
  for (const label of labels) positives += label;
  return { positives, negatives: labels.length - positives };
}

export function countBothClasses(rows: ScoredRows): ClassCounts {
  const counts = countClasses(rows);
  if (counts.positives > 0 && counts.negatives > 0) return counts;
  const only = counts.positives > 0 ? 'churned' : 'stayed';
  throw new ContractModelError('ONE_CLASS', `all ${rows.labels.length} rows ${only}: a ranking cannot be measured`);
}

/** Row numbers, highest score first. */
export function byScoreDescending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores.keys()).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
}

export interface TiedGroup {
  /** Rows with this one score, and those of them that churned. */
  readonly rows: number;
  readonly positives: number;
}

/** Groups of equal score, highest first: within one nobody can say who ranks before whom. */
export function* tiedGroups({ scores, labels }: ScoredRows): Generator<TiedGroup> {
  const order = byScoreDescending(scores);
  for (let from = 0; from < order.length;) {
    const score = scores[order[from] ?? 0];
    let to = from;
    let positives = 0;
    for (; to < order.length && scores[order[to] ?? 0] === score; to += 1) positives += labels[order[to] ?? 0] ?? 0;
    yield { rows: to - from, positives };
    from = to;
  }
}
