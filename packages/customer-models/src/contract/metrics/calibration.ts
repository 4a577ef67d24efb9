import { ContractModelError } from '../errors.ts';
import { checkProbability } from './losses.ts';
import { byScoreDescending, countClasses, type ScoredRows } from './scored-rows.ts';

export interface CalibrationBin {
  readonly rows: number;
  /** Mean probability that was promised. */
  readonly predicted: number;
  /** Share that churned. */
  readonly observed: number;
}

export interface CalibrationOptions {
  readonly bins?: number;
  /** `width`: equal parts of 0..1, as the error is defined; `count`: equally many rows, which shows the tail better. */
  readonly by?: 'width' | 'count';
}

/** What was promised against what came, by bins of rising probability; empty bins are left out. */
export function calibrationCurve(rows: ScoredRows, options: CalibrationOptions = {}): CalibrationBin[] {
  const { bins = 10, by = 'width' } = options;
  if (!Number.isInteger(bins) || bins < 1)
    throw new ContractModelError('BAD_ARGUMENT', `${bins} bins: 1 or more are needed`);
  countClasses(rows);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  const order = byScoreDescending(rows.scores).toReversed();
  for (const [rank, row] of order.entries()) {
    const probability = rows.scores[row] ?? 0;
    checkProbability(probability, row);
    const position = by === 'width' ? probability : rank / order.length;
    const bin = sums[Math.min(bins - 1, Math.floor(position * bins))];
    if (bin === undefined) continue;
    bin.rows += 1;
    bin.predicted += probability;
    bin.observed += rows.labels[row] ?? 0;
  }
  const filled = sums.filter((bin) => bin.rows > 0);
  return filled.map((bin) => ({
    rows: bin.rows,
    predicted: bin.predicted / bin.rows,
    observed: bin.observed / bin.rows,
  }));
}

/**
 * Expected calibration error: the gap of the bins, weighted by their rows (Naeini, Cooper & Hauskrecht 2015, AAAI; ten
 * bins of equal width as in Guo et al. 2017, ICML, equation 3).
 */
export function expectedCalibrationError(rows: ScoredRows, options: CalibrationOptions = {}): number {
  const weighted = calibrationCurve(rows, options).map((bin) => bin.rows * Math.abs(bin.predicted - bin.observed));
  return weighted.reduce((sum, gap) => sum + gap, 0) / rows.scores.length;
}
