import { z } from 'zod';
import { lineageDetailSchema, lineageSchema } from '../api/lineage-schema.ts';
import type { Route } from '../http/route.ts';
import { readLineage, readLineageNode } from '../queries/lineage/lineage.ts';
import { type ReportDeps, reportRoute } from './report.ts';

const MAX_ID_LENGTH = 300;

/** What comes from what, as the published build was made. */
export function lineageRoutes(deps: ReportDeps): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/lineage',
      summary:
        'Everything between a sender or a file and a page: services, topics, tables, models, and what joins them.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: lineageSchema,
      read: readLineage,
    }),
    reportRoute(deps, {
      path: '/api/lineage/node',
      summary: 'One node of the lineage: columns, tests with their results, rows, freshness, neighbours.',
      query: z.strictObject({ id: z.string().min(1).max(MAX_ID_LENGTH) }),
      isOfEdition: true,
      response: lineageDetailSchema,
      refusals: ['NOT_FOUND'],
      read: (edition, { id }) => readLineageNode(edition, id),
    }),
  ];
}
