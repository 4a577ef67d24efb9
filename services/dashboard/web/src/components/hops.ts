import type { Hop } from '../api-types.ts';
import { formatBound, formatCount } from '../format.ts';

export interface HopView {
  readonly hop: Hop['hop'];
  readonly title: string;
  readonly meaning: string;
  readonly lag: string;
  readonly note: string;
  readonly state: 'live' | 'stale' | 'waiting';
}

/** A hop reports at least every few seconds; a longer silence means that it stands still or its service is gone. */
const STALE_AFTER_MS = 20_000;

const TEXTS: Record<Hop['hop'], { title: string; meaning: string; unit: string }> = {
  events_to_postgres: {
    title: 'Events → Postgres',
    meaning: 'Stream aggregator: raw rows, order states and live KPIs.',
    unit: 'messages',
  },
  postgres_to_kafka: {
    title: 'Changes → Kafka',
    meaning: 'Debezium: committed changes of orders and CRM, from the write-ahead log.',
    unit: 'bytes of log',
  },
  events_to_clickhouse: {
    title: 'Events → ClickHouse',
    meaning: 'Sink: website events, straight from Kafka.',
    unit: 'messages',
  },
  changes_to_clickhouse: {
    title: 'Changes → ClickHouse',
    meaning: 'Sink: change log and current state of every captured table.',
    unit: 'messages',
  },
};

/** What a reader sees of a hop. Its lag grows while nobody reports. */
export function viewHop(hop: Hop, nowMs: number): HopView {
  const { unit, ...text } = TEXTS[hop.hop];
  const lagMs = hop.asOf === null ? null : Math.max(0, nowMs - Date.parse(hop.asOf));
  const state = hop.problem !== null ? 'stale' : lagMs === null ? 'waiting' : lagMs > STALE_AFTER_MS ? 'stale' : 'live';
  const backlog =
    hop.backlog === null ? '' : hop.backlog === 0 ? 'nothing waits' : `${formatCount(hop.backlog)} ${unit} wait`;
  const note = hop.problem ?? (hop.updatedAt === null ? 'not running' : backlog);
  return { hop: hop.hop, ...text, lag: formatBound(lagMs), note, state };
}
