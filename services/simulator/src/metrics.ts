import type { Counter, Gauge, Histogram, Metrics } from '@ebb/runtime';

export interface SimulatorMetrics {
  sent: Counter<'stream'>;
  rejected: Counter;
  retries: Counter;
  sendSeconds: Histogram;
  behindSeconds: Gauge;
  customers: Gauge;
}

export function createSimulatorMetrics(metrics: Metrics): SimulatorMetrics {
  return {
    sent: metrics.counter('messages_sent_total', 'Messages acknowledged, garbage and repeats included', ['stream']),
    rejected: metrics.counter('events_rejected_total', 'Events that the collector answered as rejected'),
    retries: metrics.counter('delivery_retries_total', 'Deliveries that failed and were tried again'),
    sendSeconds: metrics.histogram(
      'send_seconds',
      'Time from handing a chunk over to its acknowledgement, retries included',
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    ),
    behindSeconds: metrics.gauge('behind_seconds', 'How far the events sent lag behind those that are due'),
    customers: metrics.gauge('customers_acquired', 'Customers there have been so far'),
  };
}
