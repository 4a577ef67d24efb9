/** Which world the customers live in. */
export type WorldKind = 'bgnbd' | 'seasonal';

/**
 * Distributions of the latent truth. Purchases: BG/NBD (Fader, Hardie & Lee 2005): rate λ ~ Gamma(r, α), drop-out
 * after each purchase with p ~ Beta(a, b). Spend: Gamma-Gamma (Fader & Hardie 2013): a purchase is worth
 * Gamma(spendP, ν), ν ~ Gamma(spendQ, spendGamma). α follows from the wanted intensity of the world.
 */
export interface WorldParameters {
  r: number;
  a: number;
  b: number;
  spendP: number;
  spendQ: number;
  spendGamma: number;
}

/**
 * Drop-out is milder than CDNOW's: a live shop at hundreds of events a second would otherwise use up its customers in
 * hours. Spend has a mean of 91 USD; 5 to 1,500 holds nearly every order without any clipping.
 */
export const DEFAULT_PARAMETERS: WorldParameters = {
  r: 0.8,
  a: 0.8,
  b: 10,
  spendP: 6.25,
  spendQ: 3.74,
  spendGamma: 40,
};

export function meanSpend(parameters: WorldParameters): number {
  return (parameters.spendP * parameters.spendGamma) / (parameters.spendQ - 1);
}
