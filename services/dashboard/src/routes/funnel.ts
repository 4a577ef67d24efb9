import { z } from 'zod';
import {
  dropsSchema,
  funnelSchema,
  RETENTION_ACTIVITIES,
  RETENTION_PERIODS,
  retentionSchema,
} from '../api/funnel-schema.ts';
import type { Route } from '../http/route.ts';
import { readDrops } from '../queries/funnel/drops.ts';
import { readFunnel } from '../queries/funnel/funnel.ts';
import { readRetention } from '../queries/funnel/retention.ts';
import { selectionFields } from './live-query.ts';
import { pageFields } from './page-query.ts';
import { type ReportDeps, reportRoute } from './report.ts';

const value = z.string().min(1).max(100).optional();

const funnelQuerySchema = z
  .strictObject({
    source: selectionFields.source,
    from: selectionFields.date,
    to: selectionFields.date,
    device: value,
    channel: value,
    country: value,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['from'],
    message: 'expected a day that is not after “to”',
  });

/** How far sessions come, who comes back, and who comes less than before. */
export function funnelRoutes(deps: ReportDeps): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/funnel',
      summary: 'Sessions by the step they reached, of some days; by device, channel, country and day.',
      query: funnelQuerySchema,
      isOfEdition: true,
      response: funnelSchema,
      read: (edition, { source, from, to, device, channel, country }) =>
        readFunnel(edition, {
          source: source ?? null,
          from: from ?? null,
          to: to ?? null,
          device: device ?? null,
          channel: channel ?? null,
          country: country ?? null,
        }),
    }),
    reportRoute(deps, {
      path: '/api/funnel/retention',
      summary: 'Of those who began in a week or month, who came back in the ones after it.',
      query: z.strictObject({
        source: selectionFields.source,
        activity: z.enum(RETENTION_ACTIVITIES).default('visit'),
        period: z.enum(RETENTION_PERIODS).default('week'),
      }),
      isOfEdition: true,
      response: retentionSchema,
      read: (edition, { source, ...choice }) => readRetention(edition, { source: source ?? null, ...choice }),
    }),
    reportRoute(deps, {
      path: '/api/funnel/drops',
      summary: 'Customers who come less than they used to by more than chance.',
      query: z.strictObject({ source: selectionFields.source, ...pageFields }),
      isOfEdition: true,
      response: dropsSchema,
      read: (edition, { source, ...page }) => readDrops(edition, source ?? null, page),
    }),
  ];
}
