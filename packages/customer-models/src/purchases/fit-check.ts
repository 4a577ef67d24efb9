import type { BgNbdFit } from './bg-nbd.ts';
import type { GammaGammaFit } from './gamma-gamma.ts';
import { type HoldoutReport, holdoutReport } from './hold-out.ts';
import type { PurchaseHistories } from './purchase-histories.ts';
import { type RepeatHistogram, repeatHistogram } from './repeat-histogram.ts';
import { type Tracking, trackPurchases } from './tracking.ts';

/** Beyond these sizes the fit is called poor. Sizes, not significances: with many customers every model is significantly wrong. */
export const POOR_FIT = {
  /** Share of customers in the wrong bin of the histogram, if it is no chance (p < 0.001) either. */
  misplaced: 0.03,
  /** Deviation of the periods beyond chance, as a share. */
  periodDeviation: 0.25,
  /** Repeat purchases of the calibration as a whole. */
  calibrationError: 0.1,
  /** Purchases of the hold-out as a whole. */
  holdoutError: 0.15,
  /** Correlation of frequency and mean spend among repeat buyers, which Gamma-Gamma takes for none. */
  spendCorrelation: 0.2,
} as const;

export interface FitCheck {
  /** True with any finding: predictions and intervals then say less than they seem to. */
  readonly isPoor: boolean;
  /** Sentences, each with its figures. */
  readonly findings: readonly string[];
  readonly histogram: RepeatHistogram;
  readonly tracking: Tracking;
  readonly holdout: HoldoutReport | null;
  /** Pearson's, of x and z̄ among repeat buyers; null below three of them or without spread. */
  readonly spendCorrelation: number | null;
}

/**
 * Whether the data look like what the models assume: the histogram of repeat purchases, purchases by period, the hold-out
 * as a whole, and spend that does not go with frequency (Fader & Hardie 2013, section 2, on that assumption).
 */
export function checkFit(
  histories: PurchaseHistories,
  models: { readonly purchases: BgNbdFit; readonly spend: GammaGammaFit | null },
): FitCheck {
  const { parameters } = models.purchases;
  const histogram = repeatHistogram(histories, parameters);
  const tracking = trackPurchases(histories, parameters);
  const holdout = holdoutReport(histories, parameters);
  const spendCorrelation = correlationOfSpend(histories);
  const findings = [
    ...statusFindings(models),
    ...histogramFindings(histogram),
    ...trackingFindings(tracking),
    ...holdoutFindings(holdout),
    ...spendFindings(spendCorrelation),
  ];
  return { isPoor: findings.length > 0, findings, histogram, tracking, holdout, spendCorrelation };
}

function statusFindings({ purchases, spend }: { purchases: BgNbdFit; spend: GammaGammaFit | null }): string[] {
  const findings: string[] = [];
  if (purchases.status !== 'converged') findings.push(`purchases: ${purchases.message}`);
  if (spend !== null && spend.status !== 'converged') findings.push(`spend: ${spend.message}`);
  return findings;
}

function histogramFindings({ misplaced, pValue }: RepeatHistogram): string[] {
  if (misplaced <= POOR_FIT.misplaced || pValue >= 0.001) return [];
  return [`${percent(misplaced)} of the customers have another number of repeat purchases than expected`];
}

function trackingFindings({ periodDeviation, calibrationError }: Tracking): string[] {
  const findings: string[] = [];
  if (periodDeviation > POOR_FIT.periodDeviation) {
    findings.push(`purchases by period deviate by ${percent(periodDeviation)} beyond chance: seasons or a trend`);
  }
  if (calibrationError !== null && Math.abs(calibrationError) > POOR_FIT.calibrationError) {
    findings.push(`the model expects ${signed(calibrationError)} repeat purchases in the very period it was fitted on`);
  }
  return findings;
}

function holdoutFindings(holdout: HoldoutReport | null): string[] {
  if (holdout === null || holdout.error === null || Math.abs(holdout.error) <= POOR_FIT.holdoutError) return [];
  const counts = `${holdout.expected.toFixed(0)} expected, ${holdout.actual} came`;
  return [`purchases after the calibration were foretold with ${signed(holdout.error)} (${counts})`];
}

function spendFindings(correlation: number | null): string[] {
  if (correlation === null || Math.abs(correlation) <= POOR_FIT.spendCorrelation) return [];
  return [`spend per purchase goes with frequency (correlation ${correlation.toFixed(2)}), which Gamma-Gamma excludes`];
}

function correlationOfSpend({ repeats, meanSpend }: PurchaseHistories): number | null {
  const rows = [...repeats.keys()].filter((i) => (repeats[i] as number) > 0 && (meanSpend[i] as number) > 0);
  const x = deviations(rows.map((i) => repeats[i] as number));
  const y = deviations(rows.map((i) => meanSpend[i] as number));
  const scale = Math.sqrt(sumOfProducts(x, x) * sumOfProducts(y, y));
  return rows.length < 3 || scale === 0 ? null : sumOfProducts(x, y) / scale;
}

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function sumOfProducts(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : '−'}${percent(Math.abs(share))}`;
}
