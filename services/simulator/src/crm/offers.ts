import type { CrmCustomer, CrmMoment, LiveRow } from './crm-customer.ts';
import { crmUuid } from './crm-traits.ts';
import { type CrmContext, type CustomerHappening, rowId } from './happenings.ts';

const ANSWERED_SHARE = 0.75;
const ANSWER_DAYS = 4;
const EXPIRY_DAYS = 30;
const WITHDRAWN_SHARE = 0.5;

/** Chance that a customer who answers accepts: log odds of its own plus those of the offer. */
export function acceptanceProbability(propensity: number, offerEffect: number): number {
  return 1 / (1 + Math.exp(-(propensity + offerEffect)));
}

/** An offer; answered, withdrawn, or left without an answer for good. */
export const makeOffer: CustomerHappening = (customer, moment, context) => {
  const { random, profile } = context;
  const [name, effect] = random.pick(profile.offers);
  const values = {
    customer_id: customer.id,
    offer_type: name,
    accepted: null,
    date_offered: moment.day,
    responded_at: null,
  };
  const row = { id: rowId(customer, crmUuid), values, isGone: false };
  customer.openOffers.set(row.id, row);
  customer.offersMade += 1;
  moment.insert(customer, 'offers', row.id, values);
  if (random.bool(ANSWERED_SHARE)) {
    const accepts = random.bool(acceptanceProbability(customer.traits.offerPropensity, effect));
    context.later(random.exponential(1 / ANSWER_DAYS), (then) => answer(customer, then, { row, accepts, context }));
  } else {
    context.later(EXPIRY_DAYS, (then) => expire(customer, then, { row, context }));
  }
};

function answer(
  customer: CrmCustomer,
  moment: CrmMoment,
  { row, accepts, context }: { row: LiveRow; accepts: boolean; context: CrmContext },
): void {
  if (!customer.openOffers.delete(row.id)) return;
  moment.update(customer, 'offers', row.id, { accepted: accepts, responded_at: moment.iso });
  if (!accepts) return;
  customer.offersAccepted += 1;
  const product = String(row.values['offer_type']);
  const isNew = context.profile.products.includes(product) && customer.products.every(({ name }) => name !== product);
  if (isNew) customer.products.push({ name: product, month: '', logId: '' });
}

function expire(
  customer: CrmCustomer,
  moment: CrmMoment,
  { row, context }: { row: LiveRow; context: CrmContext },
): void {
  if (!customer.openOffers.delete(row.id)) return;
  if (context.random.bool(WITHDRAWN_SHARE)) moment.delete(customer, 'offers', row.id);
}

/** Offers to a customer who leaves are withdrawn. */
export function withdrawOffers(customer: CrmCustomer, moment: CrmMoment): void {
  for (const id of customer.openOffers.keys()) moment.delete(customer, 'offers', id);
  customer.openOffers.clear();
}
