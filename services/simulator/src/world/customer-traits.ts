import { SeededRandom } from '@ebb/core';
import { CHANNELS, COUNTRIES, DEVICE_WEIGHTS, TIERS, weightedIndex } from './attributes.ts';
import { meanSpend, type WorldKind, type WorldParameters } from './parameters.ts';

/** What a customer is, decided by seed and position alone: any program may ask for any customer. */
export interface CustomerTraits {
  /** λ in units of the world's scale: Gamma(r, 1). */
  rateUnit: number;
  /** p of BG/NBD; in the seasonal world the drop-out rate in units of the mean purchase rate. */
  dropout: number;
  spendMean: number;
  countryIndex: number;
  tierIndex: number;
  channelIndex: number;
  deviceIndex: number;
  /** Days before the as-of date, 0..729. */
  registeredDaysAgo: number;
}

const COUNTRY_WEIGHTS = COUNTRIES.map(([, weight]) => weight);
const CHANNEL_WEIGHTS = CHANNELS.map(([, weight]) => weight);
const PROFILE_DAYS = 730;
/** In the seasonal world frequent buyers spend more per purchase, which Gamma-Gamma assumes they do not. */
const SPEND_CORRELATION = 0.4;
const LIFETIME_SHAPE = 1.2;

export interface TraitsOptions {
  seed: string;
  kind: WorldKind;
  parameters: WorldParameters;
}

export function customerTraits(index: number, options: TraitsOptions): CustomerTraits {
  const { parameters, kind } = options;
  const random = new SeededRandom(`${options.seed}/customer/${index}`);
  const rateUnit = random.gamma(parameters.r, 1);
  const pBuying = random.beta(parameters.a, parameters.b);
  const nu = random.gamma(parameters.spendQ, parameters.spendGamma);
  const relativeRate = rateUnit / parameters.r;
  const spendMean = (parameters.spendP / nu) * (kind === 'seasonal' ? relativeRate ** SPEND_CORRELATION : 1);
  const lifetime = random.gamma(LIFETIME_SHAPE, LIFETIME_SHAPE);
  return {
    rateUnit,
    dropout: kind === 'seasonal' ? (lifetime * parameters.a) / (parameters.a + parameters.b) : pBuying,
    spendMean,
    countryIndex: weightedIndex(random.float(), COUNTRY_WEIGHTS),
    tierIndex: tierOf(relativeRate * (spendMean / meanSpend(parameters)), random.float()),
    channelIndex: weightedIndex(random.float(), CHANNEL_WEIGHTS),
    deviceIndex: weightedIndex(random.float(), DEVICE_WEIGHTS),
    registeredDaysAgo: random.int(PROFILE_DAYS),
  };
}

/** Customers of value subscribe more often: an attribute that tells segments apart, without touching λ or spend. */
function tierOf(relativeValue: number, uniform: number): number {
  const lean = relativeValue / (1 + relativeValue);
  return weightedIndex(uniform, [0.75 - 0.4 * lean, 0.2 + 0.1 * lean, 0.05 + 0.3 * lean].slice(0, TIERS.length));
}

/** The customer's id: a random-looking UUID (version 4 by form) from seed and position. */
export function customerId(seed: string, index: number): string {
  return seededUuid(`${seed}/customer-id/${index}`);
}

/** The id that a browser gives a customer before a login; one per customer. */
export function anonymousId(seed: string, index: number): string {
  return seededUuid(`${seed}/anonymous-id/${index}`);
}

function seededUuid(label: string): string {
  const random = new SeededRandom(label);
  const word = (): string => random.uint32().toString(16).padStart(8, '0');
  const [a, b, c, d] = [word(), word(), word(), word()];
  const variant = ((Number.parseInt(c.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
  return `${a}-${b.slice(0, 4)}-4${b.slice(5, 8)}-${variant}${c.slice(1, 4)}-${c.slice(4, 8)}${d}`;
}
