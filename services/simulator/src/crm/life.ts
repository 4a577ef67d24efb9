import { DAY_MS } from '@ebb/core';
import { TIERS } from '../world/attributes.ts';
import { statement } from './bookings.ts';
import type { CrmCustomer, CrmMoment } from './crm-customer.ts';
import { type CrmProfile, MOST_LEAVING_PER_DAY } from './crm-profile.ts';
import type { CrmContext, CustomerHappening } from './happenings.ts';
import { withdrawOffers } from './offers.ts';
import type { CrmValues } from './rows.ts';

const MONTH_MS = 30.4375 * DAY_MS;
const FIRST_STATEMENT_DAYS = 30;
/** Edits of one row in one transaction, as a careless program makes them. */
const STORM_EDITS = 5;

/** Chance per day to leave: the latent truth behind every account that is closed. */
export function leavingPerDay(customer: CrmCustomer, days: number, profile: CrmProfile): number {
  return Math.min(MOST_LEAVING_PER_DAY, standingHazard(customer, profile) * Math.exp(customer.burden(days)));
}

/** The part of the hazard that tickets do not change. */
export function standingHazard(customer: CrmCustomer, profile: CrmProfile): number {
  const { age, geography, balanceScore } = customer.traits;
  const effects =
    profile.ageEffect(age) +
    (profile.regionEffect[geography] ?? 0) +
    profile.balanceEffect * Math.max(-2.5, Math.min(2.5, balanceScore));
  return profile.leavingPerDay * Math.exp(effects);
}

/** The customer's row appears; statements follow every 30 days. */
export const join: CustomerHappening = (customer, moment, context) => {
  const { random, profile } = context;
  moment.insert(customer, 'customers', customer.id, customerValues(customer, moment));
  const [first = ''] = profile.products;
  customer.products.push({ name: first, month: '', logId: '' });
  for (const name of profile.products.slice(1)) {
    if (random.bool(0.3)) customer.products.push({ name, month: '', logId: '' });
  }
  context.later(random.float() * FIRST_STATEMENT_DAYS, (then) => statement(customer, then, context));
};

export function customerValues(customer: CrmCustomer, moment: CrmMoment): CrmValues {
  const { traits, closedMs } = customer;
  return {
    first_name: traits.firstName,
    last_name: traits.lastName,
    email: traits.email,
    age: traits.age,
    gender: traits.gender,
    geography: customer.geography,
    is_active: closedMs === null,
    tenure_months: tenureMonths(customer, moment),
    date_opened: new Date(customer.openedMs).toISOString().slice(0, 10),
    churned_at: closedMs === null ? null : new Date(closedMs).toISOString(),
    subscription_tier: customer.tier,
    acquisition_channel: traits.channel,
  };
}

function tenureMonths(customer: CrmCustomer, moment: CrmMoment): number {
  return Math.max(0, Math.floor((moment.timeMs - customer.openedMs) / MONTH_MS));
}

export const close: CustomerHappening = (customer, moment) => {
  customer.closedMs = moment.timeMs;
  withdrawOffers(customer, moment);
  moment.update(customer, 'customers', customer.id, { is_active: false, churned_at: moment.iso });
};

export const reopen: CustomerHappening = (customer, moment) => {
  customer.closedMs = null;
  moment.update(customer, 'customers', customer.id, { is_active: true, churned_at: null });
};

/** Everything about a customer goes, as the law lets them ask. */
export const erase: CustomerHappening = (customer, moment) => {
  for (const table of ['transactions', 'support_tickets', 'offers', 'usage_logs'] as const) {
    moment.deleteAll(customer, table);
  }
  moment.delete(customer, 'customers', customer.id);
  customer.isErased = true;
  customer.openOffers.clear();
  customer.lastBooking = null;
};

/** A change of the customer's own row: a new address or tier, no difference at all, or many in one transaction. */
export const editProfile: CustomerHappening = (customer, moment, context) => {
  const { random, profile } = context;
  const kind = random.weighted([
    ['move', 2],
    ['tier', 3],
    ['same', 2],
    ['storm', 1],
  ] as const);
  const update = (values: CrmValues): void => moment.update(customer, 'customers', customer.id, values);
  switch (kind) {
    case 'move':
      customer.geography = random.weighted(profile.geographies);
      update({ geography: customer.geography });
      return;
    case 'tier':
      if (customer.tier !== null) customer.tier = random.pick(TIERS);
      update({ subscription_tier: customer.tier, tenure_months: tenureMonths(customer, moment) });
      return;
    case 'same':
      update({ first_name: customer.traits.firstName });
      return;
    case 'storm':
      for (let edit = 0; edit < STORM_EDITS; edit += 1) {
        const isLast = edit === STORM_EDITS - 1;
        const email = isLast ? customer.traits.email : `${String(edit)}-${customer.traits.email}`;
        update({ email });
      }
  }
};

/** Deletes the customer's row and puts it back in the same transaction; whatever refers to it stays. */
export const rewriteCustomer: CustomerHappening = (customer, moment) => {
  moment.delete(customer, 'customers', customer.id);
  moment.insert(customer, 'customers', customer.id, customerValues(customer, moment));
};

/** The nightly job's part of one customer. */
export const refreshTenure: CustomerHappening = (customer, moment: CrmMoment, _context: CrmContext) => {
  moment.update(customer, 'customers', customer.id, { tenure_months: tenureMonths(customer, moment) });
};
