import type { About } from '../../api/about-schema.ts';

/** What each process of the platform does, in a line. */
export const PROCESSES: About['processes'] = [
  { name: 'collector', does: 'Takes events over HTTP, checks them, and answers only when Kafka has them.' },
  { name: 'simulator', does: 'A seeded shop and the replay of a real one: events, purchases, operational records.' },
  { name: 'stream-aggregator', does: 'Turns events into order states and live figures, each event exactly once.' },
  { name: 'cdc-connector', does: 'Looks after Debezium, which reads every change of a table from Postgres’ log.' },
  { name: 'cdc-sink', does: 'Brings events and changes to ClickHouse, in the order in which they happened.' },
  { name: 'batch-loader', does: 'Loads files, each content once, and keeps out what breaks their contract.' },
  { name: 'ledger', does: 'Compares every hop with the next, row by row, names what is missing, repairs it.' },
  { name: 'segmentation-worker', does: 'Learns segments, churn and value of customers from what is published.' },
  { name: 'dashboard', does: 'These pages: reads, never writes.' },
];
