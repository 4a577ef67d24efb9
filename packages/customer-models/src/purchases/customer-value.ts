import { CustomerModelError } from '../errors.ts';
import { quadraticForm } from '../numeric/symmetric-matrix.ts';
import type { BgNbdFit, BgNbdParameters } from './bg-nbd.ts';
import {
  dropOutChances,
  expectedFromActive,
  type History,
  logDropOutOdds,
  posteriorIfActive,
} from './bg-nbd-predictions.ts';
import { expectedSpend, type GammaGammaFit, logSpendSlopes } from './gamma-gamma.ts';
import { INTERVAL_Z } from './maximum-likelihood.ts';
import type { RecencyRows } from './purchase-histories.ts';

export interface ValueOptions {
  /** How far ahead, in the unit of time of the rows. */
  readonly horizon: number;
  /** Length of one year in that unit; 365.25/7 for weeks. */
  readonly yearLength: number;
  /** 0.1: money of next year counts as 1/1.1 of today's. 0 unless given. */
  readonly annualDiscount?: number;
  /** Share of the amount that is earned; 1, revenue, unless given. */
  readonly margin?: number;
  /** The horizon is cut into so many equal steps, each discounted from its middle; a step per 30 days unless given. */
  readonly steps?: number;
}

/** One entry per row. Money as floats: expectations, not bookings. */
export interface CustomerValues {
  readonly probabilityAlive: Float64Array;
  /** Within the horizon, not discounted. */
  readonly expectedPurchases: Float64Array;
  /** Per purchase. */
  readonly expectedSpend: Float64Array;
  /** CLV: margin × spend × discounted purchases within the horizon. */
  readonly value: Float64Array;
  readonly valueLow: Float64Array;
  readonly valueHigh: Float64Array;
}

/** E[X(t)] of an active customer over the steps, and how its discounted sum moves with (ln r, ln α, ln a, ln b). */
interface ActiveOutlook {
  readonly purchases: number;
  readonly discounted: number;
  readonly logSlopes: readonly number[];
}

interface Schedule {
  readonly ends: readonly number[];
  readonly factors: readonly number[];
}

const MONTHS_PER_YEAR = 365.25 / 30;
const LOG_STEP = 1e-4;

/**
 * Customer lifetime value within the horizon (Fader, Hardie & Lee 2005, RFM and CLV: Using Iso-Value Curves, equation 2, in
 * steps): margin · E[M] · Σⱼ (E[Y(tⱼ)] − E[Y(tⱼ₋₁)]) · (1+d)^−(middle of step j in years).
 *
 * `valueLow`, `valueHigh` are 90 % intervals **of this expectation**, for what is not known of the parameters: the delta
 * method on ln CLV (Casella & Berger, Statistical Inference, 2nd ed., theorem 5.5.24), with slopes by ln parameter and
 * the two models independent of each other. What one customer will actually spend scatters far more widely.
 */
export function customerValues(
  rows: RecencyRows & { readonly meanSpend: ArrayLike<number> },
  models: { readonly purchases: BgNbdFit; readonly spend: GammaGammaFit },
  options: ValueOptions,
): CustomerValues {
  const schedule = scheduleOf(options);
  const outlookOf = activeOutlooks(models.purchases.parameters, schedule);
  const column = (): Float64Array => new Float64Array(rows.repeats.length);
  const values: CustomerValues = {
    probabilityAlive: column(),
    expectedPurchases: column(),
    expectedSpend: column(),
    value: column(),
    valueLow: column(),
    valueHigh: column(),
  };
  for (let i = 0; i < rows.repeats.length; i += 1) {
    const history = historyAt(rows, i);
    const meanSpend = rows.meanSpend[i] as number;
    const alive = 1 / (1 + Math.exp(logDropOutOdds(models.purchases.parameters, history)));
    const outlook = outlookOf(history.repeats, history.observed);
    const spend = spendOf(models.spend, history.repeats, meanSpend);
    const value = (options.margin ?? 1) * spend.amount * alive * outlook.discounted;
    const error = Math.sqrt(
      quadraticForm(models.purchases.covariance, purchaseSlopes(models.purchases.parameters, history, alive, outlook)) +
        spend.logVariance,
    );
    values.probabilityAlive[i] = alive;
    values.expectedPurchases[i] = alive * outlook.purchases;
    values.expectedSpend[i] = spend.amount;
    values.value[i] = value;
    values.valueLow[i] = value * Math.exp(-INTERVAL_Z * error);
    values.valueHigh[i] = value * Math.exp(INTERVAL_Z * error);
  }
  return values;
}

function scheduleOf(options: ValueOptions): Schedule {
  const { horizon, yearLength, annualDiscount = 0, margin = 1 } = options;
  if (!(horizon > 0 && yearLength > 0 && annualDiscount > -1 && Number.isFinite(margin))) {
    const text = `horizon ${horizon}, year ${yearLength}, discount ${annualDiscount}, margin ${margin}`;
    throw new CustomerModelError('BAD_ARGUMENT', `no value with ${text}; lengths are above 0, the discount above -1`);
  }
  const steps = options.steps ?? Math.max(1, Math.ceil((horizon / yearLength) * MONTHS_PER_YEAR - 1e-9));
  const ends = Array.from({ length: steps }, (_, step) => (horizon * (step + 1)) / steps);
  const factors = ends.map((end) => (1 + annualDiscount) ** (-(end - horizon / steps / 2) / yearLength));
  return { ends, factors };
}

/** Depends on x and T alone, of which there are far fewer than customers. */
function activeOutlooks(
  parameters: BgNbdParameters,
  schedule: Schedule,
): (repeats: number, observed: number) => ActiveOutlook {
  const known = new Map<number, Map<number, ActiveOutlook>>();
  return (repeats, observed) => {
    let ofLength = known.get(observed);
    if (ofLength === undefined) known.set(observed, (ofLength = new Map()));
    let outlook = ofLength.get(repeats);
    if (outlook === undefined) {
      ofLength.set(repeats, (outlook = outlookOf(parameters, schedule, { repeats, observed })));
    }
    return outlook;
  };
}

function outlookOf(
  parameters: BgNbdParameters,
  schedule: Schedule,
  { repeats, observed }: { repeats: number; observed: number },
): ActiveOutlook {
  const at = (changed: BgNbdParameters): { purchases: number; discounted: number } =>
    discountedPurchases(posteriorIfActive(changed, repeats, observed), schedule);
  const { purchases, discounted } = at(parameters);
  const logSlopes = (['r', 'alpha', 'a', 'b'] as const).map((name) => {
    const moved = (step: number): number =>
      at({ ...parameters, [name]: parameters[name] * Math.exp(step) }).discounted / discounted;
    return (moved(LOG_STEP) - moved(-LOG_STEP)) / (2 * LOG_STEP);
  });
  return { purchases, discounted, logSlopes };
}

function discountedPurchases(
  active: BgNbdParameters,
  { ends, factors }: Schedule,
): { purchases: number; discounted: number } {
  let [purchases, discounted] = [0, 0];
  for (const [step, end] of ends.entries()) {
    const until = expectedFromActive(active, end);
    discounted += (until - purchases) * (factors[step] as number);
    purchases = until;
  }
  return { purchases, discounted };
}

/** d ln CLV by (ln r, ln α, ln a, ln b): those of the outlook, and of ln P(alive) = −ln(1 + odds), which is −(1 − P) d ln odds. */
function purchaseSlopes(
  parameters: BgNbdParameters,
  { repeats, lastPurchase, observed }: History,
  alive: number,
  { logSlopes }: ActiveOutlook,
): readonly number[] {
  const { r, alpha, b } = parameters;
  const chances = dropOutChances(parameters, repeats);
  if (chances === 0) return logSlopes;
  const dead = 1 - alive;
  const odds = [
    r * Math.log((alpha + observed) / (alpha + lastPurchase)),
    (r + repeats) * (alpha / (alpha + observed) - alpha / (alpha + lastPurchase)),
    1,
    -b / (b + chances - 1),
  ];
  return logSlopes.map((slope, index) => slope - dead * (odds[index] as number));
}

function spendOf(fit: GammaGammaFit, repeats: number, meanSpend: number): { amount: number; logVariance: number } {
  // A customer whose repeat purchases were all free is, for the spend, one without any.
  const counted = meanSpend > 0 ? repeats : 0;
  const amount = expectedSpend(fit, counted, meanSpend);
  if (fit.parameters === null || counted === 0) return { amount, logVariance: fit.logMeanError ** 2 };
  return { amount, logVariance: quadraticForm(fit.covariance, logSpendSlopes(fit.parameters, counted, meanSpend)) };
}

function historyAt({ repeats, lastPurchase, observed }: RecencyRows, i: number): History {
  return { repeats: repeats[i] as number, lastPurchase: lastPurchase[i] as number, observed: observed[i] as number };
}
