import { z } from 'zod';
import { bankSchema, churnSchema, risksSchema } from '../api/churn-schema.ts';
import type { Route } from '../http/route.ts';
import { readBank } from '../queries/churn/bank.ts';
import { readChurn } from '../queries/churn/churn.ts';
import { readRisks } from '../queries/churn/risks.ts';
import { selectionFields } from './live-query.ts';
import { digits, pageFields } from './page-query.ts';
import { type ReportDeps, reportRoute } from './report.ts';

/** Who may leave, how well that was foretold before, what customers are worth; the bank's analyses. */
export function churnRoutes(deps: ReportDeps): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/churn',
      summary: 'Back-test, calibration and lift of the churn scores of a source, and expected value by cluster.',
      query: z.strictObject({ source: selectionFields.source }),
      isOfEdition: true,
      response: churnSchema,
      read: (edition, { source }) => readChurn(edition, source ?? null),
    }),
    reportRoute(deps, {
      path: '/api/churn/risks',
      summary: 'Customers by their risk of leaving, with interval, reason and expected value.',
      query: z.strictObject({
        source: selectionFields.source,
        decile: digits(z.int().min(1).max(10).optional()),
        ...pageFields,
      }),
      isOfEdition: true,
      response: risksSchema,
      read: (edition, { source, decile, ...page }) =>
        readRisks(edition, { source: source ?? null, decile: decile ?? null }, page),
    }),
    reportRoute(deps, {
      path: '/api/churn/bank',
      summary: 'The bank’s row of figures and its eight analyses, each with n, interval and what it lets one say.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: bankSchema,
      read: readBank,
    }),
  ];
}
