import { CustomerModelError } from '../errors.ts';
import { digamma, logGamma } from '../numeric/log-gamma.ts';
import type { Objective } from '../numeric/minimise.ts';
import { type Estimate, estimateOf, type LikelihoodFit, maximiseLikelihood } from './maximum-likelihood.ts';

/** A purchase is worth Gamma(p, ν) on average p/ν; ν ~ Gamma(q, γ) differs between customers. γ is in money. */
export interface GammaGammaParameters {
  readonly p: number;
  readonly q: number;
  readonly gamma: number;
}

/** x repeat purchases of mean amount z̄; customers without one are left out. */
export interface SpendRows {
  readonly repeats: ArrayLike<number>;
  readonly meanSpend: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

export interface GammaGammaFit {
  /** `mean-only`: no spread to model; every customer is expected to spend the common mean. */
  readonly status: 'converged' | 'penalised' | 'mean-only';
  readonly message: string | null;
  /** Null when `mean-only`. */
  readonly parameters: GammaGammaParameters | null;
  readonly estimates: Readonly<Record<keyof GammaGammaParameters, Estimate>> | null;
  /** Of (ln p, ln(q−1), ln γ), in this order; empty when `mean-only`. */
  readonly covariance: readonly (readonly number[])[];
  readonly logLikelihood: number | null;
  /** Expected amount of a purchase of the average customer: pγ/(q−1), or the mean of the customers' means. */
  readonly meanSpend: number;
  /** Standard error of ln meanSpend. */
  readonly logMeanError: number;
  /** Customers with a repeat purchase above 0. */
  readonly customers: number;
}

/** Below this many repeat buyers three parameters are more than the data can carry. */
const FEW_REPEAT_BUYERS = 10;
/** Squared relative spread of the customers' means below which all spend the same. */
const NO_SPREAD = 1e-10;

interface Sample {
  repeats: number[];
  means: number[];
  weights: number[];
  customers: number;
  mean: number;
  /** Of the customers' means around their mean, as a share of its square. */
  relativeVariance: number;
}

/**
 * Gamma-Gamma by maximum likelihood (Fader & Hardie 2013, The Gamma-Gamma Model of Monetary Value, equation 1a) with
 * standard errors from the observed information. q is kept above 1, since at or below 1 the mean amount is infinite and
 * says nothing about value. Too few repeat buyers, or none whose amounts differ, end in `mean-only` with the reason.
 * Raises NO_CUSTOMERS when nobody spent anything on a repeat purchase, BAD_HISTORY for an amount below 0 or not finite.
 */
export function fitGammaGamma(rows: SpendRows): GammaGammaFit {
  const sample = sampleOf(rows);
  if (sample.customers < FEW_REPEAT_BUYERS) return meanOnly(sample, `only ${sample.customers} repeat buyers`);
  if (sample.relativeVariance < NO_SPREAD) return meanOnly(sample, 'all customers spend the same');
  const fit = maximiseLikelihood({
    objective: gammaGammaObjective(sample),
    weight: sample.customers,
    starts: [1, 6].map((p) => startAt(p, 2, sample.mean)),
    priorMean: startAt(3, 2, sample.mean),
  });
  return fit === null ? meanOnly(sample, 'the likelihood has no maximum') : resultOf(fit, sample);
}

/**
 * Expected amount per purchase of a customer with x repeat purchases of mean z̄ (Fader & Hardie 2013, equation 5):
 * p(γ + x z̄)/(px + q − 1), between the common mean (x = 0) and the customer's own.
 */
export function expectedSpend(fit: GammaGammaFit, repeats: number, meanSpend: number): number {
  if (fit.parameters === null || repeats === 0) return fit.meanSpend;
  const { p, q, gamma } = fit.parameters;
  return (p * (gamma + repeats * meanSpend)) / (p * repeats + q - 1);
}

/**
 * Variance of ln E[M] through the parameters (delta method): the slopes by ln p, ln(q−1), ln γ are 1 − px/(px+q−1),
 * −(q−1)/(px+q−1), γ/(γ+x z̄).
 */
export function logSpendSlopes(parameters: GammaGammaParameters, repeats: number, meanSpend: number): number[] {
  const { p, q, gamma } = parameters;
  const denominator = p * repeats + q - 1;
  return [1 - (p * repeats) / denominator, (1 - q) / denominator, gamma / (gamma + repeats * meanSpend)];
}

/**
 * Minus the mean log-likelihood over (ln p, ln(q−1), ln γ), with its gradient. Per customer: ln Γ(px+q) − ln Γ(px) −
 * ln Γ(q) + q ln γ + (px−1) ln z̄ + px ln x − (px+q) ln(γ + x z̄).
 */
function gammaGammaObjective({ repeats, means, weights, customers }: Sample): Objective {
  const distinct = [...new Set(repeats)];
  return (point, gradient) => {
    const [p, excess, gamma] = Array.from(point, Math.exp) as [number, number, number];
    const q = 1 + excess;
    const logGammaScale = Math.log(gamma);
    const digammaQ = digamma(q);
    const table = new Map(
      distinct.map((x) => [
        x,
        {
          constant: logGamma(p * x + q) - logGamma(p * x) - logGamma(q) + q * logGammaScale + p * x * Math.log(x),
          sum: digamma(p * x + q),
          own: digamma(p * x),
        },
      ]),
    );
    const slopes: [number, number, number] = [0, 0, 0];
    let total = 0;
    for (let i = 0; i < repeats.length; i += 1) {
      const [x, mean, weight] = [repeats[i], means[i], weights[i]] as [number, number, number];
      const entry = table.get(x) as { constant: number; sum: number; own: number };
      const scale = gamma + x * mean;
      const logScale = Math.log(scale);
      const logMean = Math.log(mean);
      total += weight * (entry.constant + (p * x - 1) * logMean - (p * x + q) * logScale);
      slopes[0] += weight * x * (entry.sum - entry.own + logMean + Math.log(x) - logScale);
      slopes[1] += weight * (entry.sum - digammaQ + logGammaScale - logScale);
      slopes[2] += weight * (q / gamma - (p * x + q) / scale);
    }
    for (const [index, scale] of [p, excess, gamma].entries()) {
      gradient[index] = (-(slopes[index] as number) * scale) / customers;
    }
    return -total / customers;
  };
}

function sampleOf({ repeats, meanSpend, weights }: SpendRows): Sample {
  const sample: Sample = { repeats: [], means: [], weights: [], customers: 0, mean: 0, relativeVariance: 0 };
  let [sum, squares] = [0, 0];
  for (let i = 0; i < repeats.length; i += 1) {
    const [x, mean, weight] = [repeats[i], meanSpend[i], weights?.[i] ?? 1] as [number, number, number];
    if (!(mean >= 0 && Number.isFinite(mean) && x >= 0 && weight >= 0)) {
      const text = `x ${x}, mean ${mean}, weight ${weight}`;
      throw new CustomerModelError('BAD_HISTORY', `row ${i} is no spend (${text}); amounts are 0 or above`);
    }
    // The model knows no purchase of nothing; such customers are given the common mean.
    if (x === 0 || mean === 0 || weight === 0) continue;
    sample.repeats.push(x);
    sample.means.push(mean);
    sample.weights.push(weight);
    sample.customers += weight;
    sum += weight * mean;
    squares += weight * mean * mean;
  }
  if (sample.customers === 0) {
    throw new CustomerModelError('NO_CUSTOMERS', 'nobody spent anything on a repeat purchase; value has no basis');
  }
  sample.mean = sum / sample.customers;
  sample.relativeVariance = Math.max(0, squares / sample.customers / sample.mean ** 2 - 1);
  return sample;
}

function startAt(p: number, excess: number, mean: number): number[] {
  return [Math.log(p), Math.log(excess), Math.log((mean * excess) / p)];
}

function resultOf(fit: LikelihoodFit, sample: Sample): GammaGammaFit {
  const estimates = { p: estimateOf(fit, 0), q: estimateOf(fit, 1, 1), gamma: estimateOf(fit, 2) };
  const parameters = { p: estimates.p.value, q: estimates.q.value, gamma: estimates.gamma.value };
  const slopes = [1, -1, 1];
  const variance = fit.covariance.reduce(
    (sum, row, i) =>
      sum + row.reduce((part, value, j) => part + value * (slopes[i] as number) * (slopes[j] as number), 0),
    0,
  );
  return {
    status: fit.status,
    message: fit.message,
    parameters,
    estimates,
    covariance: fit.covariance,
    logLikelihood: fit.logLikelihood,
    meanSpend: (parameters.p * parameters.gamma) / (parameters.q - 1),
    logMeanError: Math.sqrt(variance),
    customers: sample.customers,
  };
}

function meanOnly(sample: Sample, reason: string): GammaGammaFit {
  return {
    status: 'mean-only',
    message: `${reason}; everybody is expected to spend the common mean`,
    parameters: null,
    estimates: null,
    covariance: [],
    logLikelihood: null,
    meanSpend: sample.mean,
    logMeanError: Math.sqrt(sample.relativeVariance / sample.customers),
    customers: sample.customers,
  };
}
