import type { Clock } from '@ebb/core';
import { z } from 'zod';
import { RECENT_KINDS, recentSchema } from '../api/recent-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { chooseRecent } from '../live/choose-recent.ts';
import type { RecentEvents } from '../live/recent-events.ts';
import { serverTime } from '../time/server-time.ts';
import { optional, selectionFields } from './live-query.ts';
import { pageFields } from './page-query.ts';
import { POSTGRES_REFUSALS } from './report.ts';

export function recentRoute({ recent, clock }: { recent: RecentEvents; clock: Clock }): Route {
  return jsonRoute({
    path: '/api/live/recent',
    summary:
      'What was stored and what was refused last, without what may name a person; of a shared look at the newest.',
    query: z.strictObject({
      kind: optional(z.enum(RECENT_KINDS)),
      source: selectionFields.source,
      type: optional(z.string().max(100)),
      limit: pageFields.limit,
    }),
    response: recentSchema,
    refusals: POSTGRES_REFUSALS,
    handle: async ({ kind, source, type, limit }) => ({
      serverTime: serverTime(clock),
      ...chooseRecent(await recent.look(), { kind: kind ?? null, source: source ?? null, type: type ?? null }, limit),
    }),
  });
}
