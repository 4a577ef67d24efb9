import { z } from 'zod';
import { overviewSchema } from '../api/overview-schema.ts';
import type { Route } from '../http/route.ts';
import { readOverview } from '../queries/overview/overview.ts';
import { selectionFields, toChoice } from './live-query.ts';
import { type ReportDeps, reportRoute } from './report.ts';

export const overviewQuerySchema = z.strictObject({
  source: selectionFields.source,
  currency: selectionFields.currency,
  /** Last day of the week that is shown; without it the day before the as-of day, the last that is over. */
  date: selectionFields.date,
});

export function overviewRoute(deps: ReportDeps): Route {
  return reportRoute(deps, {
    path: '/api/overview',
    summary:
      'A week of one source beside the week before, its customers, the retailer’s customers and revenue bridge, and live figures against batch.',
    query: overviewQuerySchema,
    isOfEdition: true,
    response: overviewSchema,
    read: (edition, query) => readOverview(edition, toChoice(query)),
  });
}
