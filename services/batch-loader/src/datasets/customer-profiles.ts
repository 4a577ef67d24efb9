import type { Dataset } from './dataset.ts';

const FOLDER = /^profiles\/./;

/** Profiles of customers, as `ebb profiles` writes them. */
export const customerProfiles: Dataset = {
  name: 'customer_profiles',
  table: 'raw.customer_profiles',
  parquet: [
    { column: 'user_id', kind: 'text', readAs: 'Nullable(String)', isRequired: true },
    { column: 'registration_date', kind: 'date', readAs: 'Nullable(Date32)' },
    { column: 'subscription_tier', kind: 'text', readAs: 'Nullable(String)' },
    { column: 'acquisition_channel', kind: 'text', readAs: 'Nullable(String)' },
    { column: 'email', kind: 'text', readAs: 'Nullable(String)' },
    { column: 'country', kind: 'text', readAs: 'Nullable(String)' },
  ],
  claim: (key) => (FOLDER.test(key) ? { name: key } : null),
};
