import { CustomerModelError } from '../errors.ts';
import { bgNbdObjective } from './bg-nbd-likelihood.ts';
import { type GroupedRows, groupRows } from './grouped-rows.ts';
import { type Estimate, estimateOf, maximiseLikelihood } from './maximum-likelihood.ts';
import type { RecencyRows } from './purchase-histories.ts';

/**
 * Purchases of an active customer are Poisson with a rate λ ~ Gamma(r, α) (per unit of time); after each the customer
 * drops out with a probability p ~ Beta(a, b).
 */
export interface BgNbdParameters {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
  /** Customers may drop out at time 0 too, after their first purchase: MBG/NBD. Plain BG/NBD unless given. */
  readonly variant?: 'MBG/NBD';
}

/** `MBG/NBD`: Batislam, Denizel & Filiztekin 2007, Int. J. of Research in Marketing 24(3). */
export type BgNbdVariant = 'BG/NBD' | 'MBG/NBD';

export type BgNbdParameterName = Exclude<keyof BgNbdParameters, 'variant'>;

export interface BgNbdFit {
  /** `penalised`: the data have no maximum of their own; `message` says why. */
  readonly status: 'converged' | 'penalised';
  readonly message: string | null;
  readonly parameters: BgNbdParameters;
  readonly estimates: Readonly<Record<BgNbdParameterName, Estimate>>;
  /** Of (ln r, ln α, ln a, ln b), in this order. */
  readonly covariance: readonly (readonly number[])[];
  readonly logLikelihood: number;
  readonly customers: number;
  readonly repeatBuyers: number;
  readonly iterations: number;
}

/** Below this many repeat buyers four parameters are more than the data can carry. */
const FEW_REPEAT_BUYERS = 10;

/**
 * BG/NBD by maximum likelihood (Fader, Hardie & Lee 2005, equation 6) or its variant, with standard errors from the
 * observed information. Rows of equal (x, t_x, T) cost as one. Raises NO_CUSTOMERS, BAD_HISTORY, or TOO_FEW_REPEAT_BUYERS when fewer than two
 * customers came back, since then the likelihood has no maximum and a prior would be all there is.
 */
export function fitBgNbd(rows: RecencyRows, variant: BgNbdVariant = 'BG/NBD'): BgNbdFit {
  const grouped = groupRows(rows);
  const { customers, repeatBuyers } = grouped;
  if (repeatBuyers < 2) {
    const message = `${repeatBuyers} of ${customers} customers bought again; wait for more purchases or calibrate later`;
    throw new CustomerModelError('TOO_FEW_REPEAT_BUYERS', message);
  }
  const fit = maximiseLikelihood({
    objective: bgNbdObjective(grouped, variant),
    weight: customers,
    ...searchPlan(grouped),
    ...(repeatBuyers < FEW_REPEAT_BUYERS ? { penaliseBecause: `only ${repeatBuyers} repeat buyers` } : {}),
  });
  if (fit === null) throw new CustomerModelError('NOT_NUMERIC', `${variant} found no maximum, not even with a prior`);
  const estimates = {
    r: estimateOf(fit, 0),
    alpha: estimateOf(fit, 1),
    a: estimateOf(fit, 2),
    b: estimateOf(fit, 3),
  };
  const { status, message, covariance, logLikelihood, iterations } = fit;
  const parameters = {
    r: estimates.r.value,
    alpha: estimates.alpha.value,
    a: estimates.a.value,
    b: estimates.b.value,
    ...(variant === 'MBG/NBD' ? { variant } : {}),
  };
  return { status, message, parameters, estimates, covariance, logLikelihood, customers, repeatBuyers, iterations };
}

/** So much more likely must the variant be: chance alone gives less, both having four parameters. */
const CLEAR_GAIN = 2;

/**
 * Whichever of the two describes the data: BG/NBD, unless customers who may leave at once are clearly likelier. Where
 * histories begin with a sign-up it is the former, with a first purchase often the latter, and then BG/NBD would take everybody who
 * came once for active. Raises what `fitBgNbd` raises.
 */
export function fitLikelierBgNbd(rows: RecencyRows): BgNbdFit {
  const plain = fitBgNbd(rows);
  const modified = fitBgNbd(rows, 'MBG/NBD');
  if (modified.status !== 'converged') return plain;
  const gain = modified.logLikelihood - plain.logLikelihood;
  return plain.status !== 'converged' || gain > CLEAR_GAIN ? modified : plain;
}

/** Rates start at what the average customer does; α carries the unit of time, so its prior follows the time observed. */
function searchPlan(rows: GroupedRows): { starts: number[][]; priorMean: number[] } {
  let [time, repeats] = [0, 0];
  for (const [i, weight] of rows.weights.entries()) {
    time += weight * (rows.observed[i] as number);
    repeats += weight * (rows.repeats[i] as number);
  }
  const logMeanTime = Math.log(Math.max(time / rows.customers, 1e-6));
  const logAlpha = (logR: number): number => logR + Math.log(Math.max(time, 1e-6) / repeats);
  return {
    starts: [
      [Math.log(0.5), logAlpha(Math.log(0.5)), 0, Math.log(2)],
      [Math.log(1.5), logAlpha(Math.log(1.5)), Math.log(0.3), Math.log(4)],
    ],
    priorMean: [0, logMeanTime, 0, Math.log(3)],
  };
}
