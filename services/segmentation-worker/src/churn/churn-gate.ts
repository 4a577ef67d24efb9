import type { ChurnRun } from './fit-churn.ts';

/** With fewer customers, or churners, of known outcome a score is a guess and its figures are noise. */
const MIN_CUSTOMERS = 200;
const MIN_OF_EACH = 30;
/** A model that hardly tells churners from others says nothing. */
const MIN_AUC = 0.55;
/** Better than anything that is known of people: a feature knows the outcome. */
const MAX_AUC = 0.995;
/** What the hold-out of another day costs by chance; beyond it the published model is the better one. */
const MAX_AUC_LOST = 0.03;
const MAX_ECE = 0.1;

/** Figures of the published run; a run of another horizon, or that was tested otherwise, is not compared. */
export interface PublishedFigures {
  readonly by: string;
  readonly horizonDays: number;
  readonly rocAuc: number;
}

/** Why a run must not take the place of the published one; none: it may. */
export function churnHeldReasons(
  { backTest, probabilities }: ChurnRun,
  horizonDays: number,
  published: PublishedFigures | null,
): string[] {
  const { report, training, by } = backTest;
  const { rocAuc, ece, rows, churnRate } = report;
  const reasons = [
    ...tooFew('to learn from', training.rows, training.churned),
    ...tooFew('to test on', rows, Math.round(rows * churnRate)),
  ];
  const bad = probabilities.findIndex((score) => !(score >= 0 && score <= 1));
  if (bad !== -1) reasons.push(`scores: ${probabilities[bad]} in row ${bad + 1}`);
  if (rocAuc < MIN_AUC) reasons.push(`ranking: ROC AUC ${rocAuc.toFixed(4)}, at least ${MIN_AUC}`);
  if (rocAuc > MAX_AUC) {
    reasons.push(`too good: ROC AUC ${rocAuc.toFixed(4)}, so that a feature seems to know the outcome; see leave_out`);
  }
  if (ece > MAX_ECE) reasons.push(`calibration: promised and observed are ${ece.toFixed(4)} apart, at most ${MAX_ECE}`);
  if (published !== null && published.by === by && published.horizonDays === horizonDays) {
    const lost = published.rocAuc - rocAuc;
    if (lost > MAX_AUC_LOST) {
      reasons.push(`worse than the published: ROC AUC ${rocAuc.toFixed(4)} after ${published.rocAuc.toFixed(4)}`);
    }
  }
  return reasons;
}

function tooFew(what: string, rows: number, churned: number): string[] {
  const rarer = Math.min(churned, rows - churned);
  if (rows >= MIN_CUSTOMERS && rarer >= MIN_OF_EACH) return [];
  return [
    `too few ${what}: ${rows} customers of known outcome, ${churned} of whom churned; at least ${MIN_CUSTOMERS}, and ` +
      `${MIN_OF_EACH} who churned and who stayed`,
  ];
}
