import type { Metrics } from '@ebb/runtime';

export type DashboardMetrics = ReturnType<typeof createDashboardMetrics>;

const LATENCY_BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

export function createDashboardMetrics(metrics: Metrics) {
  return {
    registry: metrics.registry,
    requestMs: metrics.histogram('request_ms', 'Answer time of requests, streams excluded', LATENCY_BUCKETS_MS, [
      'route',
      'status',
    ]),
    streams: metrics.gauge('streams', 'Live streams open'),
    channels: metrics.gauge('channels', 'Selections watched; each is one shared poll'),
    pollMs: metrics.histogram('poll_ms', 'Time of one check for changes', LATENCY_BUCKETS_MS, ['outcome']),
    pushes: metrics.counter('pushes_total', 'Messages sent to streams', ['kind']),
    refusedStreams: metrics.counter('refused_streams_total', 'Streams refused because of a limit'),
    slowStreams: metrics.counter('slow_streams_total', 'Streams cut because the client did not read'),
  };
}
