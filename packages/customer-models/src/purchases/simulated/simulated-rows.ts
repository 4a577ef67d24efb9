import type { SeededRandom } from '@ebb/core';
import type { BgNbdParameters } from '../bg-nbd.ts';
import type { GammaGammaParameters } from '../gamma-gamma.ts';

/** What no observer knows of a simulated customer. */
export interface LatentCustomer {
  readonly rate: number;
  readonly dropOut: number;
  readonly isAlive: boolean;
}

export interface SimulatedRows {
  readonly repeats: Float64Array;
  readonly lastPurchase: Float64Array;
  readonly observed: Float64Array;
  readonly meanSpend: Float64Array;
  readonly truth: readonly LatentCustomer[];
}

export interface SimulationOptions {
  readonly customers: number;
  readonly purchases: BgNbdParameters;
  readonly spend: GammaGammaParameters;
  /** T is uniform between these. */
  readonly observed: readonly [number, number];
}

/** Customers exactly as BG/NBD (or its variant) and Gamma-Gamma describe them, in continuous time. */
export function simulateRows(random: SeededRandom, options: SimulationOptions): SimulatedRows {
  const { customers, purchases, spend } = options;
  const column = (): Float64Array => new Float64Array(customers);
  const rows = { repeats: column(), lastPurchase: column(), observed: column(), meanSpend: column() };
  const truth: LatentCustomer[] = [];
  for (let i = 0; i < customers; i += 1) {
    const [shortest, longest] = options.observed;
    const observed = shortest + (longest - shortest) * random.float();
    const rate = random.gamma(purchases.r, purchases.alpha);
    const dropOut = random.beta(purchases.a, purchases.b);
    const leavesAtOnce = purchases.variant === 'MBG/NBD' && random.bool(dropOut);
    const times = leavesAtOnce ? { days: [], isAlive: false } : repeatTimes(random, { rate, dropOut, observed });
    const nu = random.gamma(spend.q, spend.gamma);
    rows.observed[i] = observed;
    rows.repeats[i] = times.days.length;
    rows.lastPurchase[i] = times.days.at(-1) ?? 0;
    rows.meanSpend[i] = times.days.length === 0 ? 0 : random.gamma(spend.p * times.days.length, nu * times.days.length);
    truth.push({ rate, dropOut, isAlive: times.isAlive });
  }
  return { ...rows, truth };
}

function repeatTimes(
  random: SeededRandom,
  { rate, dropOut, observed }: { rate: number; dropOut: number; observed: number },
): { days: number[]; isAlive: boolean } {
  const days: number[] = [];
  for (let time = random.exponential(rate); time <= observed; time += random.exponential(rate)) {
    days.push(time);
    if (random.bool(dropOut)) return { days, isAlive: false };
  }
  return { days, isAlive: true };
}
