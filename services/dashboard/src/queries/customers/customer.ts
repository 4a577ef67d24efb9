import type { Customer } from '../../api/customers-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import { DashboardError } from '../../errors.ts';
import type { Edition } from '../../warehouse/edition.ts';
import type { Queryable } from '../rows.ts';
import { readOrders, readTickets } from './documents.ts';
import { readEvents } from './events.ts';
import { readChurn, readMemberships, readValue } from './models.ts';
import { readProfile } from './profiles.ts';

/**
 * Everything about one customer: profile, clusters and scores of the publication and the published runs, orders and
 * tickets as they stand now. Raises NOT_FOUND for who is known nowhere.
 */
export async function readCustomer(
  { edition, db }: { edition: Edition; db: Queryable },
  who: { source: string; customerId: string },
): Promise<Omit<Customer, keyof ReportHead>> {
  const { source, customerId } = who;
  const { runs } = edition;
  const [profile, orders, tickets, events, memberships, churn, value] = await Promise.all([
    readProfile(edition, source, customerId),
    readOrders(db, source, customerId),
    readTickets(db, source, customerId),
    readEvents(edition, source, customerId),
    readMemberships(edition, source, customerId),
    readChurn(edition, runs, who),
    readValue(edition, runs, who),
  ]);
  if (profile === null && orders.total + tickets.total + events.newest.length === 0) {
    throw new DashboardError('NOT_FOUND', `No customer “${customerId}” of source “${source}” is known.`);
  }
  return { ...who, profile, orders, tickets, events, memberships, churn, value };
}
