import type { SeededRandom } from '@ebb/core';
import type { CrmCustomer, CrmMoment } from './crm-customer.ts';
import type { CrmKind, CrmProfile } from './crm-profile.ts';

/** Something that will happen; it decides then whether it still can. */
export type Happening = (moment: CrmMoment) => void;

/** What every happening may use. */
export interface CrmContext {
  profile: CrmProfile;
  kind: CrmKind;
  seed: string;
  random: SeededRandom;
  /** Lets something happen later; days of the world's own time. */
  later(afterDays: number, happening: Happening): void;
}

/** What can happen to a customer. */
export type CustomerHappening = (customer: CrmCustomer, moment: CrmMoment, context: CrmContext) => void;

/** Id of a customer's next row, the same in every run of the seed. */
export function rowId(customer: CrmCustomer, makeId: (name: string) => string): string {
  return makeId(`${customer.id}/${customer.nextNumber()}`);
}
