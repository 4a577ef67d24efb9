import { ContractModelError } from '../errors.ts';
import { countBothClasses, countClasses, type ScoredRows, tiedGroups } from './scored-rows.ts';

/**
 * Area under the ROC curve: the chance that a churner scores above somebody who stayed, ties counting one half (the
 * Mann-Whitney statistic; Hanley & McNeil 1982, Radiology 143:29-36). Raises ONE_CLASS.
 */
export function rocAuc(rows: ScoredRows): number {
  const { positives, negatives } = countBothClasses(rows);
  let wonPairs = 0;
  let positivesAbove = 0;
  for (const group of tiedGroups(rows)) {
    wonPairs += (group.rows - group.positives) * (positivesAbove + group.positives / 2);
    positivesAbove += group.positives;
  }
  return wonPairs / (positives * negatives);
}

/**
 * Area under the precision-recall curve as average precision, Σ (R_k − R_{k−1}) P_k over distinct scores: steps, not
 * lines, which would flatter (Davis & Goadrich 2006, ICML, section 4). Raises ONE_CLASS.
 */
export function prAuc(rows: ScoredRows): number {
  const { positives } = countBothClasses(rows);
  let area = 0;
  let found = 0;
  let seen = 0;
  for (const group of tiedGroups(rows)) {
    found += group.positives;
    seen += group.rows;
    area += (group.positives / positives) * (found / seen);
  }
  return area;
}

export interface LiftRow {
  /** Share of all rows, those with the highest scores. */
  readonly share: number;
  readonly rows: number;
  /** Share of all churners among them. */
  readonly captured: number;
  /** `captured` over `share`: 1 is what drawing at random gives. */
  readonly lift: number;
}

export const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Lift for each share of rows. Of tied rows across a border as many churners count as chance would put there. */
export function liftTable(rows: ScoredRows, shares: readonly number[] = DECILES): LiftRow[] {
  const { positives } = countBothClasses(rows);
  return shares.map((share) => {
    if (!(share > 0 && share <= 1)) throw new ContractModelError('BAD_ARGUMENT', `share ${share} is not in (0, 1]`);
    const wanted = share * rows.scores.length;
    const captured = positivesAmong(rows, wanted) / positives;
    return { share, rows: Math.round(wanted), captured, lift: captured / share };
  });
}

function positivesAmong(rows: ScoredRows, wanted: number): number {
  let left = wanted;
  let positives = 0;
  for (const group of tiedGroups(rows)) {
    const taken = Math.min(left, group.rows);
    positives += (group.positives * taken) / group.rows;
    left -= taken;
    if (left <= 0) break;
  }
  return positives;
}

/** Share of rows that churned. */
export function baseRate(rows: ScoredRows): number {
  return countClasses(rows).positives / rows.labels.length;
}
