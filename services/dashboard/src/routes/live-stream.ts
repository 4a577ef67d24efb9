import { EventStream } from '../http/event-stream.ts';
import { type Route, streamRoute } from '../http/route.ts';
import { SECURITY_HEADERS } from '../http/security.ts';
import type { LiveHub } from '../live/hub.ts';
import type { DashboardMetrics } from '../metrics.ts';
import { liveQuerySchema, toChoice } from './live-query.ts';

export function liveStreamRoute(hub: LiveHub, metrics: DashboardMetrics): Route {
  return streamRoute({
    path: '/api/live/stream',
    summary:
      'Server-sent events: "snapshot" (as /api/live), then "delta" within a second of each change, "tick" while nothing changes, "bye" when the server stops.',
    query: liveQuerySchema,
    refusals: ['INVALID_QUERY', 'TOO_MANY_STREAMS', 'STOPPING'],
    open: (query, _, reply) => {
      const choice = toChoice(query);
      hub.assertRoom(choice);
      reply.hijack();
      const stream = new EventStream(reply.raw, SECURITY_HEADERS, () => metrics.slowStreams.inc());
      const unsubscribe = hub.subscribe(choice, stream);
      reply.raw.on('close', unsubscribe);
      reply.raw.on('error', unsubscribe);
    },
  });
}
