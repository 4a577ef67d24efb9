import { type CalibrationBin, calibrationCurve, expectedCalibrationError } from './calibration.ts';
import { brierScore, logLoss } from './losses.ts';
import { baseRate, type LiftRow, liftTable, prAuc, rocAuc } from './ranking.ts';
import type { ScoredRows } from './scored-rows.ts';

export interface ScoreReport {
  readonly rows: number;
  readonly churnRate: number;
  readonly rocAuc: number;
  readonly prAuc: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Ten bins of equal width. */
  readonly ece: number;
  /** Ten bins of equally many rows. */
  readonly calibration: readonly CalibrationBin[];
  readonly lift: readonly LiftRow[];
}

/** All measures of probabilities against what came. Raises ONE_CLASS. */
export function scoreReport(rows: ScoredRows): ScoreReport {
  return {
    rows: rows.labels.length,
    churnRate: baseRate(rows),
    rocAuc: rocAuc(rows),
    prAuc: prAuc(rows),
    logLoss: logLoss(rows),
    brier: brierScore(rows),
    ece: expectedCalibrationError(rows),
    calibration: calibrationCurve(rows, { by: 'count' }),
    lift: liftTable(rows),
  };
}
