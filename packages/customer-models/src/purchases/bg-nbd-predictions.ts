import { CustomerModelError } from '../errors.ts';
import { sumByRatio } from '../numeric/hypergeometric.ts';
import { logBeta, logGamma } from '../numeric/log-gamma.ts';
import type { BgNbdParameters } from './bg-nbd.ts';

/** One customer: x repeat purchases, the last after t_x, observed for T. */
export interface History {
  readonly repeats: number;
  readonly lastPurchase: number;
  readonly observed: number;
}

/** c: how often a customer of so many repeat purchases could have dropped out; MBG/NBD counts time 0. */
export function dropOutChances({ variant }: BgNbdParameters, repeats: number): number {
  return variant === 'MBG/NBD' ? repeats + 1 : repeats;
}

/**
 * ln of the odds of having dropped out: a/(b+c−1) · ((α+T)/(α+t_x))^(r+x); −∞ for c = 0, since drop-out follows a
 * purchase.
 */
export function logDropOutOdds(parameters: BgNbdParameters, history: History): number {
  const { r, alpha, a, b } = parameters;
  const { repeats, lastPurchase, observed } = history;
  const chances = dropOutChances(parameters, repeats);
  if (chances === 0) return Number.NEGATIVE_INFINITY;
  return (
    Math.log(a) - Math.log(b + chances - 1) + (r + repeats) * Math.log((alpha + observed) / (alpha + lastPurchase))
  );
}

/**
 * Probability that the customer is active at T: 1/(1 + odds) (Fader, Hardie & Lee 2008, Computing P(alive) Using the
 * BG/NBD Model, equation 7). Without a repeat purchase 1, below it in MBG/NBD.
 */
export function probabilityAlive(parameters: BgNbdParameters, history: History): number {
  return 1 / (1 + Math.exp(logDropOutOdds(parameters, history)));
}

/**
 * E[Y(t)]: purchases expected within t after T (Fader, Hardie & Lee 2005, equation 10) as P(alive) times what an active
 * customer of that history is expected to buy.
 */
export function expectedPurchases(parameters: BgNbdParameters, history: History, duration: number): number {
  return (
    probabilityAlive(parameters, history) *
    expectedFromActive(posteriorIfActive(parameters, history.repeats, history.observed), duration)
  );
}

/** Of an active customer's λ and p after x repeats in T: λ ~ Gamma(r+x, α+T), p ~ Beta(a, b+c). */
export function posteriorIfActive(parameters: BgNbdParameters, repeats: number, observed: number): BgNbdParameters {
  const { r, alpha, a, b } = parameters;
  return { r: r + repeats, alpha: alpha + observed, a, b: b + dropOutChances(parameters, repeats) };
}

/**
 * E[X(t)] of somebody whose history begins: everybody is active in BG/NBD; in MBG/NBD those who do not drop out at
 * once, a share of b/(a+b) whose p ~ Beta(a, b+1).
 */
export function expectedFromStart(parameters: BgNbdParameters, duration: number): number {
  const { a, b, variant } = parameters;
  const share = variant === 'MBG/NBD' ? b / (a + b) : 1;
  return share * expectedFromActive(posteriorIfActive(parameters, 0, 0), duration);
}

/**
 * E[X(t)]: purchases within t of somebody active at its start (Fader, Hardie & Lee 2005, equation 9):
 * (a+b−1)/(a−1) · [1 − (α/(α+t))^r ₂F₁(r, b; a+b−1; t/(α+t))].
 *
 * As written the formula divides 0 by 0 at a = 1 and has poles where a + b is 1 or less. With Euler's transformation the
 * bracket is 1 − (1−z)^(a−1) ₂F₁(a+b−1−r, a−1; a+b−1; z), z = t/(α+t); every term of that series but the first holds the
 * factor (a−1)/(a+b−1), which cancels, and what is left is smooth in all parameters. For infinite t the value is that of a
 * large t only if a > 1; raises BAD_ARGUMENT for a t that is negative or not finite.
 */
export function expectedFromActive({ r, alpha, a, b }: BgNbdParameters, duration: number): number {
  if (!(duration >= 0 && Number.isFinite(duration))) {
    throw new CustomerModelError(
      'BAD_ARGUMENT',
      `purchases are expected within a finite time from now, not ${duration}`,
    );
  }
  if (duration === 0) return 0;
  const z = duration / (alpha + duration);
  const logRest = -Math.log1p(duration / alpha);
  const [e, c, q] = [a - 1, a + b - 1, a + b - 1 - r];
  // Σ_{n≥1} (q)ₙ (a)ₙ₋₁ / ((c+1)ₙ₋₁ n!) zⁿ, which is c/(a−1) times the series without its first term.
  const series = q === 0 ? 0 : sumByRatio(q * z, z, (n) => (((q + n + 1) * (a + n)) / ((c + n + 1) * (n + 2))) * z);
  const growth = Math.abs(e * logRest) < 1e-12 ? logRest : Math.expm1(e * logRest) / e;
  return Math.max(0, -c * growth - Math.exp(e * logRest) * series);
}

/**
 * P(X(t) = k) for k = 0 … most of a new customer (Fader, Hardie & Lee 2005, equation 8):
 * B(a, b+c)/B(a, b) · NB(k) + δ_{c>0} B(a+1, b+c−1)/B(a, b) · [1 − Σ_{j<k} NB(j)], NB(j) the negative binomial
 * Γ(r+j)/(Γ(r) j!) (α/(α+t))^r (t/(α+t))^j, c = k (k + 1 in MBG/NBD).
 */
export function repeatDistribution(parameters: BgNbdParameters, duration: number, most: number): number[] {
  const { r, alpha, a, b } = parameters;
  const logNone = -r * Math.log1p(duration / alpha);
  const logShare = duration === 0 ? Number.NEGATIVE_INFINITY : Math.log(duration / (alpha + duration));
  const base = logBeta(a, b);
  let below = 0;
  return Array.from({ length: most + 1 }, (_, k) => {
    const logCount = k === 0 ? 0 : logGamma(r + k) - logGamma(r) - logGamma(k + 1) + k * logShare;
    const count = Math.exp(logNone + logCount);
    const chances = dropOutChances(parameters, k);
    const stayed = Math.exp(logBeta(a, b + chances) - base) * count;
    const left = chances === 0 ? 0 : Math.exp(logBeta(a + 1, b + chances - 1) - base) * Math.max(0, 1 - below);
    below += count;
    return stayed + left;
  });
}
