import { liveSnapshotSchema } from '../api/live-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import type { LiveReader } from '../live/live-reader.ts';
import { liveQuerySchema, toChoice } from './live-query.ts';
import { POSTGRES_REFUSALS } from './report.ts';

export function liveRoute(reader: LiveReader): Route {
  return jsonRoute({
    path: '/api/live',
    summary: 'Figures and minutes of one source, currency and business day; today where no day is given.',
    query: liveQuerySchema,
    response: liveSnapshotSchema,
    refusals: POSTGRES_REFUSALS,
    handle: async (query) => (await reader.readSnapshot(await reader.select(toChoice(query)))).snapshot,
  });
}
