import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { customerSchema, customersSchema } from '../api/customers-schema.ts';
import type { Route } from '../http/route.ts';
import { readCustomer } from '../queries/customers/customer.ts';
import { readCustomers } from '../queries/customers/profiles.ts';
import { selectionFields, sourceField } from './live-query.ts';
import { pageFields } from './page-query.ts';
import { type ReportDeps, reportRoute } from './report.ts';

const customerId = z.string().min(1).max(200);

/** Customers of any source: found by their id, and everything about one. */
export function customerRoutes(deps: ReportDeps & { pool: Pool }): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/customers',
      summary: 'Customers of a source whose id holds a text, page by page.',
      query: z.strictObject({ source: selectionFields.source, text: z.string().max(100).default(''), ...pageFields }),
      isOfEdition: true,
      response: customersSchema,
      read: (edition, { source, text, ...page }) =>
        readCustomers(edition, { source: source ?? null, text: text.trim() }, page),
    }),
    reportRoute(deps, {
      path: '/api/customers/one',
      summary: 'One customer: profile, events, orders, tickets, clusters so far, churn score with reasons, value.',
      query: z.strictObject({ source: sourceField, customer: customerId }),
      response: customerSchema,
      refusals: ['NOT_FOUND'],
      read: (edition, { source, customer }) =>
        readCustomer({ edition, db: deps.pool }, { source, customerId: customer }),
    }),
  ];
}
