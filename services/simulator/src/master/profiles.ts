import { DAY_MS } from '@ebb/core';
import { required, root, type SchemaElement, writeParquet } from '../parquet.ts';
import { CHANNELS, COUNTRIES, TIERS } from '../world/attributes.ts';
import { customerId, type CustomerTraits, customerTraits, type TraitsOptions } from '../world/customer-traits.ts';

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;

const SCHEMA: SchemaElement[] = [
  root(6),
  required('user_id', TEXT),
  required('registration_date', { type: 'INT32', converted_type: 'DATE' }),
  required('subscription_tier', TEXT),
  required('acquisition_channel', TEXT),
  required('email', TEXT),
  required('country', TEXT),
];

export interface ProfilesOptions extends TraitsOptions {
  customers: number;
  /** Day on which the profiles are taken; registrations lie in the 730 days up to it. */
  asOfMs: number;
}

/** The profile of each of the first master ids. The same seed, number and day give the same bytes. */
export function writeProfiles(path: string, options: ProfilesOptions): void {
  writeParquet(path, {
    schema: SCHEMA,
    rows: options.customers,
    columns: (from, to) => {
      const ids: string[] = [];
      const traits: CustomerTraits[] = [];
      for (let index = from; index < to; index += 1) {
        ids.push(customerId(options.seed, index));
        traits.push(customerTraits(index, options));
      }
      return [
        { name: 'user_id', data: ids },
        {
          name: 'registration_date',
          data: traits.map((one) => new Date(options.asOfMs - one.registeredDaysAgo * DAY_MS)),
        },
        { name: 'subscription_tier', data: traits.map((one) => TIERS[one.tierIndex] ?? '') },
        { name: 'acquisition_channel', data: traits.map((one) => CHANNELS[one.channelIndex]?.[0] ?? '') },
        { name: 'email', data: ids.map((id) => `${id.replaceAll('-', '').slice(0, 16)}@example.com`) },
        { name: 'country', data: traits.map((one) => COUNTRIES[one.countryIndex]?.[0] ?? '') },
      ];
    },
  });
}
