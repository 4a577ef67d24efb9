import type { Counter, Gauge, Histogram, Metrics } from '@ebb/runtime';

export interface ConnectorMetrics {
  epoch: Gauge;
  connectorRunning: Gauge;
  slotLagBytes: Gauge;
  slotSafeBytes: Gauge;
  slotActive: Gauge;
  heartbeatAgeSeconds: Gauge;
  captureSeconds: Histogram;
  tables: Gauge<'state'>;
  problems: Gauge<'code'>;
  resnapshotsOpen: Gauge;
  snapshotRows: Gauge<'table'>;
  snapshotComplete: Gauge;
  actions: Counter<'action'>;
  failures: Counter<'step'>;
  driftedTables: Counter;
}

export function createConnectorMetrics(metrics: Metrics): ConnectorMetrics {
  return {
    epoch: metrics.gauge('epoch', 'number of the epoch under way; 0 before the first'),
    connectorRunning: metrics.gauge('connector_running', 'whether connector and task run'),
    slotLagBytes: metrics.gauge('slot_lag_bytes', 'log that the connector has not confirmed'),
    slotSafeBytes: metrics.gauge(
      'slot_safe_wal_bytes',
      'log that may still be written before the slot is lost; -1: no limit',
    ),
    slotActive: metrics.gauge('slot_active', 'whether somebody reads the slot'),
    heartbeatAgeSeconds: metrics.gauge('heartbeat_age_seconds', 'time since the connector last wrote its heartbeat'),
    captureSeconds: metrics.histogram(
      'capture_seconds',
      'from a heartbeat in Postgres to its message in Kafka',
      [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    ),
    tables: metrics.gauge('tables', 'tables in the captured schemas, by captured or refused', ['state']),
    problems: metrics.gauge('problems', 'what needs somebody, by kind', ['code']),
    resnapshotsOpen: metrics.gauge('resnapshots_open', 'tables waiting to be read again'),
    snapshotRows: metrics.gauge('snapshot_rows', 'rows of the last snapshot of a table', ['table']),
    snapshotComplete: metrics.gauge('snapshot_complete', 'whether the first snapshot of the epoch is finished'),
    actions: metrics.counter('actions_total', 'steps taken towards what should be', ['action']),
    failures: metrics.counter('failures_total', 'looks and steps that failed', ['step']),
    driftedTables: metrics.counter('drifted_tables_total', 'changes of columns that only comparing found'),
  };
}
