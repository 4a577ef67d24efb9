import type { Clock } from '@ebb/core';
import { type Pool, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import { orderMinutesSchema, webMinutesSchema, windowSchema } from '../api/live-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import type { LiveReader } from '../live/live-reader.ts';
import { readOrderMinutes } from '../queries/order-kpis.ts';
import { readWebMinutes } from '../queries/web-kpis.ts';
import { readWindow, windowRange } from '../queries/window-kpis.ts';
import { selectionFields, toChoice } from './live-query.ts';
import { digits } from './page-query.ts';
import { POSTGRES_REFUSALS } from './report.ts';

const MAX_MINUTES = 1440;

const querySchema = z.strictObject({
  source: selectionFields.source,
  currency: selectionFields.currency,
  minutes: digits(z.int().min(1).max(MAX_MINUTES).default(15)),
});

const responseSchema = windowSchema.extend({
  source: z.string(),
  currency: z.string().nullable(),
  webMinutes: webMinutesSchema,
  orderMinutes: orderMinutesSchema,
});

/** The last minutes as a small time series, for anything that watches a short while. */
export function liveWindowRoute(deps: { pool: Pool; reader: LiveReader; clock: Clock }): Route {
  return jsonRoute({
    path: '/api/live/window',
    summary: 'The last minutes, the running one included: what adds up over them, and each minute.',
    query: querySchema,
    response: responseSchema,
    refusals: POSTGRES_REFUSALS,
    handle: async (query) => {
      const selection = await deps.reader.select({ ...toChoice(query), date: null });
      const range = windowRange(deps.clock.nowMs(), query.minutes);
      const { source, currency } = selection;
      return withTransaction(
        deps.pool,
        async (db) => ({
          source,
          currency,
          ...(await readWindow(db, selection, range)),
          webMinutes: await readWebMinutes(db, source, range),
          orderMinutes: await readOrderMinutes(db, selection, range),
        }),
        { isolation: 'repeatable read', readOnly: true },
      );
    },
  });
}
