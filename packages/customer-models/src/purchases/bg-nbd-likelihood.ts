import { digamma, logBeta, logGamma } from '../numeric/log-gamma.ts';
import type { Objective } from '../numeric/minimise.ts';
import type { BgNbdParameters, BgNbdVariant } from './bg-nbd.ts';
import type { GroupedRows } from './grouped-rows.ts';

/** Per distinct x: what of the likelihood and its derivatives depends on x alone; c is how often p was tried. */
interface ByRepeats {
  constant: Float64Array;
  logRatio: Float64Array;
  byR: Float64Array;
  byA: Float64Array;
  byB: Float64Array;
}

/**
 * Minus the mean log-likelihood of BG/NBD over (ln r, ln α, ln a, ln b), with its gradient. Fader, Hardie & Lee 2005,
 * "Counting Your Customers" the Easy Way, Marketing Science 24(2), equation 6:
 * L = B(a, b+c)/B(a, b) · Γ(r+x) α^r/Γ(r) · [ (α+T)^−(r+x) + δ_{c>0} a/(b+c−1) · (α+t_x)^−(r+x) ]
 * with c = x; c = x + 1 for MBG/NBD, whose customers may leave at time 0 as well (Batislam, Denizel & Filiztekin 2007).
 */
export function bgNbdObjective(rows: GroupedRows, variant: BgNbdVariant = 'BG/NBD'): Objective {
  const atStart = variant === 'MBG/NBD' ? 1 : 0;
  const { repeats, lastPurchase, observed, weights, repeatIndex, customers } = rows;
  return (point, gradient) => {
    const [r, alpha, a, b] = Array.from(point, Math.exp) as [number, number, number, number];
    const table = tabulate(rows.distinctRepeats, atStart, { r, alpha, a, b });
    let sum = 0;
    const slopes: [number, number, number, number] = [0, 0, 0, 0];
    for (let i = 0; i < repeats.length; i += 1) {
      const x = repeats[i] as number;
      const weight = weights[i] as number;
      const at = repeatIndex[i] as number;
      const shape = r + x;
      const end = alpha + (observed[i] as number);
      const logEnd = Math.log(end);
      let value = (table.constant[at] as number) - shape * logEnd;
      let [byR, byAlpha, byA, byB] = [
        (table.byR[at] as number) - logEnd,
        shape / end,
        table.byA[at],
        table.byB[at],
      ] as [number, number, number, number];
      const chances = x + atStart;
      if (chances > 0) {
        const last = alpha + (lastPurchase[i] as number);
        const logLast = Math.log(last);
        // Log odds of having dropped out after the last purchase against being active still.
        const odds = (table.logRatio[at] as number) + shape * (logEnd - logLast);
        const dead = 1 / (1 + Math.exp(-odds));
        value += odds > 0 ? odds + Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds));
        byR += dead * (logEnd - logLast);
        byAlpha += dead * shape * (1 / last - 1 / end);
        byA += dead / a;
        byB -= dead / (b + chances - 1);
      }
      sum += weight * value;
      slopes[0] += weight * byR;
      slopes[1] += weight * (r / alpha - byAlpha);
      slopes[2] += weight * byA;
      slopes[3] += weight * byB;
    }
    for (const [index, parameter] of [r, alpha, a, b].entries()) {
      gradient[index] = (-(slopes[index] as number) * parameter) / customers;
    }
    return -sum / customers;
  };
}

function tabulate(distinct: Float64Array, atStart: number, { r, alpha, a, b }: BgNbdParameters): ByRepeats {
  const logAlpha = Math.log(alpha);
  const common = r * logAlpha - logGamma(r) - logBeta(a, b);
  const [digammaR, digammaB, digammaAB] = [digamma(r), digamma(b), digamma(a + b)];
  return {
    constant: distinct.map((x) => common + logGamma(r + x) + logBeta(a, b + x + atStart)),
    // Not asked for at c = 0, where b + c − 1 may be negative.
    logRatio: distinct.map((x) => (x + atStart > 0 ? Math.log(a) - Math.log(b + x + atStart - 1) : 0)),
    byR: distinct.map((x) => digamma(r + x) - digammaR + logAlpha),
    byA: distinct.map((x) => digammaAB - digamma(a + b + x + atStart)),
    byB: distinct.map((x) => digamma(b + x + atStart) - digammaB - digamma(a + b + x + atStart) + digammaAB),
  };
}
