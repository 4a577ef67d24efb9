type Weighted = readonly (readonly [string, number])[];

export const TIERS = ['free', 'basic', 'premium'] as const;
export const DEVICES = ['mobile', 'desktop', 'tablet'] as const;
export const DEVICE_WEIGHTS: readonly number[] = [0.55, 0.35, 0.1];

export const CHANNELS: Weighted = [
  ['social', 0.25],
  ['search', 0.35],
  ['referral', 0.12],
  ['email', 0.13],
  ['ads', 0.15],
];

/** 47 countries, ISO 3166-1 alpha-2, with shares of a shop that sells mostly in North America and Europe. */
export const COUNTRIES: Weighted = [
  ['US', 300],
  ['GB', 90],
  ['DE', 80],
  ['CA', 60],
  ['FR', 55],
  ['AU', 35],
  ['NL', 30],
  ['ES', 30],
  ['IT', 30],
  ['SE', 18],
  ['PL', 18],
  ['BR', 20],
  ['MX', 18],
  ['JP', 20],
  ['IN', 20],
  ['IE', 12],
  ['BE', 12],
  ['AT', 12],
  ['CH', 14],
  ['DK', 10],
  ['NO', 10],
  ['FI', 9],
  ['PT', 9],
  ['CZ', 8],
  ['GR', 6],
  ['HU', 5],
  ['RO', 6],
  ['SK', 3],
  ['SI', 2],
  ['HR', 3],
  ['BG', 3],
  ['LT', 2],
  ['LV', 2],
  ['EE', 2],
  ['LU', 1],
  ['IS', 1],
  ['TR', 7],
  ['IL', 5],
  ['AE', 5],
  ['SA', 4],
  ['ZA', 5],
  ['SG', 6],
  ['KR', 8],
  ['NZ', 6],
  ['AR', 5],
  ['CL', 4],
  ['CO', 4],
];

/** Index of a value drawn in proportion to the weights, from a uniform number. */
export function weightedIndex(uniform: number, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = uniform * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
