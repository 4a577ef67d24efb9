import { logistic, logOddsLoss } from './logistic-function.ts';

/** Probability = logistic(slope · log-odds + offset). */
export interface PlattCalibration {
  readonly slope: number;
  readonly offset: number;
}

const MAX_ITERATIONS = 100;
const TOLERANCE = 1e-10;
const JITTER = 1e-12;

/**
 * Platt's scaling of log-odds on rows that the scores were not learnt from (Platt 1999, Advances in Large Margin
 * Classifiers), by Newton's method with backtracking and with his smoothed targets (Lin, Lin & Weng 2007, Machine
 * Learning 68:267-276). Both classes must be there.
 */
export function fitPlatt(logOdds: Float64Array, labels: Uint8Array): PlattCalibration {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  const targets = Float64Array.from(labels, (label) => (label === 1 ? high : low));
  let current: PlattCalibration = { slope: 1, offset: 0 };
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration += 1) {
    const next = newtonStep(current, logOdds, targets);
    const isDone = Math.abs(next.slope - current.slope) + Math.abs(next.offset - current.offset) < TOLERANCE;
    current = next;
    if (isDone) break;
  }
  // A score worse than chance must not turn the ranking round: it then says nothing.
  return current.slope > 0 ? current : { slope: 0, offset: Math.log(positives / (labels.length - positives)) };
}

function newtonStep(at: PlattCalibration, logOdds: Float64Array, targets: Float64Array): PlattCalibration {
  let [g1, g2, h11, h12, h22] = [0, 0, JITTER, 0, JITTER];
  for (const [row, score] of logOdds.entries()) {
    const p = logistic(at.slope * score + at.offset);
    const residual = p - (targets[row] ?? 0);
    const curvature = p * (1 - p);
    g1 += residual * score;
    g2 += residual;
    h11 += curvature * score * score;
    h12 += curvature * score;
    h22 += curvature;
  }
  const determinant = h11 * h22 - h12 * h12;
  const direction = { slope: (h22 * g1 - h12 * g2) / determinant, offset: (h11 * g2 - h12 * g1) / determinant };
  if (!Number.isFinite(direction.slope + direction.offset)) return at;
  const loss = (c: PlattCalibration): number =>
    logOdds.reduce((sum, score, row) => sum + logOddsLoss(c.slope * score + c.offset, targets[row] ?? 0), 0);
  const before = loss(at);
  for (let size = 1; size > TOLERANCE; size /= 2) {
    const next = { slope: at.slope - size * direction.slope, offset: at.offset - size * direction.offset };
    if (loss(next) <= before) return next;
  }
  return at;
}
