import { SeededRandom, uuidV5 } from '@ebb/core';
import { COUNTRIES, CHANNELS, TIERS, weightedIndex } from '../world/attributes.ts';
import { customerId as masterId, customerTraits } from '../world/customer-traits.ts';
import { DEFAULT_PARAMETERS } from '../world/parameters.ts';
import { CRM_PROFILES, type CrmKind } from './crm-profile.ts';
import { FIRST_NAMES, LAST_NAMES } from './names.ts';

/** What a customer of the CRM is, decided by seed and position alone. */
export interface CrmTraits {
  customerId: string;
  firstName: string;
  lastName: string;
  email: string;
  age: number;
  gender: 'Male' | 'Female';
  geography: string;
  tier: string | null;
  channel: string;
  /** Days before the start of the live part at which the account was opened. */
  openedDaysAgo: number;
  /** Whole units of 1/10,000 of the currency on the first day. */
  balance: bigint;
  /** Standard deviations of the balance's logarithm above its median. */
  balanceScore: number;
  /** Log odds of accepting an average offer. */
  offerPropensity: number;
  /** 0..1: share of the busiest customer's bookings. */
  activity: number;
  /** 0..1: share of the tickets of the customer with most. */
  ticketPropensity: number;
}

const NAMESPACE = '5d3b5cf2-2f33-5a05-8b1f-0c4f6f2f6f61';
const MONEY_UNITS = 10_000;

export function crmUuid(name: string): string {
  return uuidV5(NAMESPACE, name);
}

export function crmTraits(index: number, options: { seed: string; kind: CrmKind }): CrmTraits {
  const profile = CRM_PROFILES[options.kind];
  const random = new SeededRandom(`${options.seed}/crm-${options.kind}/${index}`);
  const gender = random.bool(0.5) ? 'Female' : 'Male';
  const identity = options.kind === 'shop' ? shopIdentity(options.seed, index) : bankIdentity(options, index, random);
  // Skewed to the young side, 18 to 85.
  const age = 18 + Math.min(67, Math.floor(random.gamma(2.6, 2.6 / 20)));
  const balanceScore = random.normal();
  const balance = profile.balanceMedian * Math.exp(profile.balanceSpread * balanceScore);
  return {
    ...identity,
    firstName: random.pick(FIRST_NAMES[gender]),
    lastName: random.pick(LAST_NAMES),
    age,
    gender,
    balance: BigInt(Math.round(balance * 100)) * BigInt(MONEY_UNITS / 100),
    balanceScore,
    offerPropensity: random.normal() - 0.2,
    activity: Math.min(1, 0.05 + random.gamma(1.5, 4)),
    ticketPropensity: Math.min(1, 0.1 + random.gamma(1.5, 4)),
  };
}

type Identity = Pick<CrmTraits, 'customerId' | 'email' | 'geography' | 'tier' | 'channel' | 'openedDaysAgo'>;

/** The shop's customers are those of its events and profiles: same id, country, tier, channel and day. */
function shopIdentity(seed: string, index: number): Identity {
  const traits = customerTraits(index, { seed, kind: 'bgnbd', parameters: DEFAULT_PARAMETERS });
  const id = masterId(seed, index);
  return {
    customerId: id,
    email: `${id.replaceAll('-', '').slice(0, 16)}@example.com`,
    geography: COUNTRIES[traits.countryIndex]?.[0] ?? '',
    tier: TIERS[traits.tierIndex] ?? null,
    channel: CHANNELS[traits.channelIndex]?.[0] ?? '',
    openedDaysAgo: traits.registeredDaysAgo,
  };
}

function bankIdentity(options: { seed: string; kind: CrmKind }, index: number, random: SeededRandom): Identity {
  const profile = CRM_PROFILES[options.kind];
  const id = crmUuid(`${options.seed}/bank/${index}`);
  const weights = profile.geographies.map(([, weight]) => weight);
  return {
    customerId: id,
    email: `${id.replaceAll('-', '').slice(0, 16)}@bank.example`,
    geography: profile.geographies[weightedIndex(random.float(), weights)]?.[0] ?? '',
    tier: null,
    channel: random.weighted(profile.channels),
    openedDaysAgo: random.int(profile.openedWithinDays),
  };
}
