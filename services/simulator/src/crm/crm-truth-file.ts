import { required, root, type SchemaElement, writeParquet } from '../parquet.ts';
import { standingHazard } from './life.ts';
import type { CrmPlan } from './crm-plan.ts';
import type { CrmWorld } from './crm-world.ts';

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const NUMBER = { type: 'DOUBLE' } as const;
const COUNT = { type: 'INT32' } as const;
const TIME = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const;

const SCHEMA: SchemaElement[] = [
  root(14),
  required('customer_id', TEXT),
  required('age', COUNT),
  required('geography', TEXT),
  required('balance_score', NUMBER),
  required('standing_hazard_per_day', NUMBER),
  required('ticket_burden', NUMBER),
  required('offer_propensity', NUMBER),
  required('low_tickets', COUNT),
  required('medium_tickets', COUNT),
  required('high_tickets', COUNT),
  required('offers_accepted', COUNT),
  required('opened_at', TIME),
  { name: 'closed_at', repetition_type: 'OPTIONAL', ...TIME },
  required('is_erased', { type: 'BOOLEAN' }),
];

/**
 * Writes what no reader of the tables can know: one row per customer there ever was. Leaving a day has the chance
 * `standing_hazard_per_day` × exp(`ticket_burden`), both as of the end of the run.
 */
export function writeCrmTruth(path: string, world: CrmWorld, plan: CrmPlan): void {
  writeParquet(path, {
    schema: SCHEMA,
    rows: world.customers.length,
    metadata: { plan: JSON.stringify(plan) },
    columns: (from, to) => {
      const rows = world.customers.slice(from, to);
      return [
        { name: 'customer_id', data: rows.map((one) => one.id) },
        { name: 'age', data: rows.map((one) => one.traits.age) },
        { name: 'geography', data: rows.map((one) => one.traits.geography) },
        { name: 'balance_score', data: rows.map((one) => one.traits.balanceScore) },
        { name: 'standing_hazard_per_day', data: rows.map((one) => standingHazard(one, world.profile)) },
        { name: 'ticket_burden', data: rows.map((one) => one.burden(world.days)) },
        { name: 'offer_propensity', data: rows.map((one) => one.traits.offerPropensity) },
        { name: 'low_tickets', data: rows.map((one) => one.tickets.Low) },
        { name: 'medium_tickets', data: rows.map((one) => one.tickets.Medium) },
        { name: 'high_tickets', data: rows.map((one) => one.tickets.High) },
        { name: 'offers_accepted', data: rows.map((one) => one.offersAccepted) },
        { name: 'opened_at', data: rows.map((one) => new Date(one.openedMs)) },
        { name: 'closed_at', data: rows.map((one) => (one.closedMs === null ? null : new Date(one.closedMs))) },
        { name: 'is_erased', data: rows.map((one) => one.isErased) },
      ];
    },
  });
}
