import { CHANNELS, COUNTRIES } from '../world/attributes.ts';

export type CrmKind = 'shop' | 'bank';

type Weighted = readonly (readonly [string, number])[];

/** What may happen to a customer at any time, as a rate per active customer and day. */
export interface CrmRates {
  booking: number;
  ticket: number;
  offer: number;
  edit: number;
  /** A booking deleted and written again. */
  correction: number;
  /** The customer's own row deleted and written again. */
  rewrite: number;
  purge: number;
  bulk: number;
}

/** A kind of business: its words, how busy it is, and what drives its customers away. */
export interface CrmProfile {
  rates: CrmRates;
  geographies: Weighted;
  currency: (geography: string) => string;
  channels: Weighted;
  /** Issue, severity, and how often, in any unit. */
  issues: readonly (readonly [string, Severity, number])[];
  /** Offer and how much more (or less) it is liked than the average, in log odds. */
  offers: readonly (readonly [string, number])[];
  products: readonly string[];
  incoming: Weighted;
  outgoing: Weighted;
  /** Median balance, in units of the currency, and the spread of its logarithm. */
  balanceMedian: number;
  balanceSpread: number;
  /** Chance per day to leave of a customer in whom nothing speaks for or against it. */
  leavingPerDay: number;
  ageEffect: (age: number) => number;
  regionEffect: Readonly<Record<string, number>>;
  /** Per standard deviation of the balance's logarithm. */
  balanceEffect: number;
  /** How many days back accounts of the first customers were opened, at most. */
  openedWithinDays: number;
}

export type Severity = 'Low' | 'Medium' | 'High';

/** What a ticket adds to the log hazard of leaving on the day it is opened; it halves every 60 days. */
export const TICKET_EFFECT: Readonly<Record<Severity, number>> = { Low: 0.15, Medium: 0.45, High: 1 };
export const TICKET_HALF_LIFE_DAYS = 60;
/** No customer's chance to leave exceeds this, per day. */
export const MOST_LEAVING_PER_DAY = 0.05;
/** Hours until a ticket is resolved, on average. */
export const RESOLUTION_HOURS: Readonly<Record<Severity, number>> = { Low: 8, Medium: 16, High: 30 };

/** The young leave most, as the bank's report found. */
function ageEffect(age: number): number {
  if (age < 30) return 0.7;
  if (age <= 45) return -0.3;
  return age <= 60 ? 0 : 0.25;
}

const SHOP: CrmProfile = {
  rates: {
    booking: 0.06,
    ticket: 0.01,
    offer: 0.02,
    edit: 0.008,
    correction: 0.001,
    rewrite: 0.0005,
    purge: 0.0015,
    bulk: 0.0001,
  },
  geographies: COUNTRIES,
  currency: () => 'USD',
  channels: CHANNELS,
  issues: [
    ['Login Issue', 'Low', 10],
    ['Password Reset', 'Low', 9],
    ['App Crash', 'Medium', 5],
    ['App Freeze', 'Medium', 4],
    ['Payment Delay', 'Medium', 6],
    ['Account Locked', 'High', 3],
    ['Double Deduction', 'High', 3],
    ['Card Declined', 'Medium', 5],
    ['Late Delivery', 'Medium', 14],
    ['Damaged Item', 'High', 6],
    ['Wrong Item', 'High', 4],
    ['Refund Delay', 'Medium', 6],
  ],
  offers: [
    ['Cashback', 1],
    ['Free Shipping', 0.8],
    ['Discount', 0.4],
    ['Gift Card', -0.3],
    ['Membership', -0.9],
  ],
  products: ['Store Credit', 'Gift Card', 'Membership'],
  incoming: [
    ['top_up', 6],
    ['refund', 3],
  ],
  outgoing: [
    ['redemption', 8],
    ['fee', 1],
  ],
  balanceMedian: 40,
  balanceSpread: 0.9,
  leavingPerDay: 0.0012,
  ageEffect,
  regionEffect: { US: 0, GB: 0.2, DE: -0.25, CA: 0, FR: 0.1, AU: 0.1, BR: 0.4, IN: 0.4, JP: -0.4 },
  balanceEffect: -0.35,
  openedWithinDays: 730,
};

const BANK: CrmProfile = {
  rates: {
    booking: 0.3,
    ticket: 0.008,
    offer: 0.01,
    edit: 0.004,
    correction: 0.001,
    rewrite: 0.0005,
    purge: 0.001,
    bulk: 0.0001,
  },
  geographies: [
    ['Egypt', 30],
    ['UAE', 20],
    ['Saudi Arabia', 20],
    ['Qatar', 10],
    ['Bahrain', 10],
    ['Kuwait', 10],
  ],
  currency: (geography) => CURRENCIES[geography] ?? 'USD',
  channels: [
    ['branch', 40],
    ['app', 45],
    ['referral', 15],
  ],
  issues: [
    ['Login Issue', 'Low', 10],
    ['Card Blocked', 'High', 5],
    ['Payment Delay', 'Medium', 6],
    ['Account Locked', 'High', 4],
    ['App Crash', 'Medium', 7],
    ['Loan Inquiry', 'Low', 5],
    ['Transfer Error', 'High', 4],
    ['ATM Failure', 'Medium', 4],
    ['Cheque Issue', 'Medium', 2],
    ['KYC Update', 'Low', 6],
    ['Card Lost', 'High', 3],
    ['Loan Delay', 'Medium', 3],
    ['App Freeze', 'Medium', 4],
    ['Double Deduction', 'High', 3],
    ['Card Declined', 'Medium', 5],
    ['Mobile Token Fail', 'High', 3],
    ['Password Reset', 'Low', 8],
  ],
  offers: [
    ['Cashback', 1.2],
    ['Credit Card', 0.9],
    ['Savings Account', -0.2],
    ['Personal Loan', -0.8],
    ['Insurance', -1],
  ],
  products: ['Savings Account', 'Credit Card', 'Personal Loan', 'Cashback', 'Insurance'],
  incoming: [
    ['deposit', 6],
    ['transfer_in', 4],
    ['interest', 1],
  ],
  outgoing: [
    ['card_payment', 10],
    ['withdrawal', 4],
    ['transfer_out', 3],
    ['loan_repayment', 1],
    ['fee', 1],
  ],
  balanceMedian: 6_000,
  balanceSpread: 1.1,
  leavingPerDay: 0.0008,
  ageEffect,
  regionEffect: { Egypt: 0, UAE: -0.3, 'Saudi Arabia': -0.2, Qatar: 0.5, Bahrain: 0.3, Kuwait: 0 },
  balanceEffect: -0.35,
  openedWithinDays: 3_650,
};

const CURRENCIES: Readonly<Record<string, string>> = {
  Egypt: 'EGP',
  UAE: 'AED',
  'Saudi Arabia': 'SAR',
  Qatar: 'QAR',
  Bahrain: 'BHD',
  Kuwait: 'KWD',
};

export const CRM_PROFILES: Readonly<Record<CrmKind, CrmProfile>> = { shop: SHOP, bank: BANK };
