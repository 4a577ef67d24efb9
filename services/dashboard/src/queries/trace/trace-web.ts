import { TOPICS, webEventDigest, webEventIdentity } from '@ebb/contracts';
import type { Trace, TraceStep } from '../../api/trace-schema.ts';
import { isoOf } from '../../warehouse/instants.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Queryable } from '../rows.ts';
import { type BuildVector, publicationStep } from './build-vector.ts';

const TABLE = 'stream.web_events';
/** Of its name in the vectors of builds. */
const VECTOR = 'web_events';
/** An id is one event's, unless a sender uses it again for another user or day. */
const MOST_EVENTS = 10;

interface StoredEvent {
  readonly source: string;
  readonly day: string;
  readonly userKey: string;
  readonly eventAt: string;
  readonly receivedAt: string;
  readonly storedAt: string;
  readonly partition: number;
  readonly offset: string;
}

/** The warehouse's side, which has an index of web events by their id. */
export async function findInWarehouse(warehouse: Warehouse, id: string): Promise<StoredEvent[]> {
  const rows = await warehouse.query<StoredEvent>(
    `SELECT toString(e.source) AS source, toString(e.day) AS day, e.user_key AS userKey,
       toString(e.event_time) AS eventAt, toString(e._kafka_time) AS receivedAt, toString(e._inserted_at) AS storedAt,
       e._partition AS partition, toString(e._offset) AS offset
     FROM raw.web_events AS e WHERE e.event_id = {id: String}
     ORDER BY e._offset LIMIT 1 BY e.source, e.day, e.user_key LIMIT {most: UInt32}`,
    { id, most: MOST_EVENTS },
  );
  return rows.map((row) => ({
    ...row,
    eventAt: isoOf(row.eventAt),
    receivedAt: isoOf(row.receivedAt),
    storedAt: isoOf(row.storedAt),
  }));
}

interface PostgresRow {
  source: string;
  day: string;
  user_key: string;
  event_time: Date;
  _kafka_time: Date;
  _processed_at: Date;
  _partition: number;
  _offset: string;
}

/**
 * Postgres' side: by the keys of those the warehouse holds, and among the newest since `from`, which it may not hold yet.
 * There is no index by the event's id: one would be written to with every event.
 */
export async function findInPostgres(
  db: Queryable,
  id: string,
  { known, from }: { known: readonly StoredEvent[]; from: Date },
): Promise<StoredEvent[]> {
  const identities = known.map((event) => webEventIdentity(webEventDigest({ ...event, eventId: id }), id));
  const columns = 'source, day, user_key, event_time, _kafka_time, _processed_at, _partition, _offset';
  const { rows } = await db.query<PostgresRow>(
    `SELECT source, day::text, user_key, event_time, _kafka_time, _processed_at, _partition, _offset FROM (
       SELECT ${columns} FROM unnest($2::uuid[], $3::date[]) AS k (identity, day)
         JOIN stream.web_events USING (identity, day) WHERE event_id = $1
       UNION SELECT ${columns} FROM stream.web_events WHERE _kafka_time >= $4 AND event_id = $1
     ) found ORDER BY _offset LIMIT $5`,
    [id, identities, known.map(({ day }) => day), from, MOST_EVENTS],
  );
  return rows.map((row) => ({
    source: row.source,
    day: row.day,
    userKey: row.user_key,
    eventAt: row.event_time.toISOString(),
    receivedAt: row._kafka_time.toISOString(),
    storedAt: row._processed_at.toISOString(),
    partition: row._partition,
    offset: row._offset,
  }));
}

/** The way of each event with this id. `inWarehouse` is null where the warehouse did not answer. */
export function webTraces(
  id: string,
  { inPostgres, inWarehouse }: { inPostgres: readonly StoredEvent[]; inWarehouse: readonly StoredEvent[] | null },
  vector: BuildVector | null,
): Trace[] {
  const all = new Map([...(inWarehouse ?? []), ...inPostgres].map((event) => [keyOf(event), event]));
  return [...all].map(([key, event]) => {
    const has = (stored: StoredEvent): boolean => keyOf(stored) === key;
    const postgres = inPostgres.find(has);
    const clickhouse = inWarehouse?.find(has);
    const steps: TraceStep[] = [
      { hop: 'event', at: event.eventAt, detail: '' },
      { hop: 'kafka', at: event.receivedAt, detail: positionText(TOPICS.websiteEvents, event) },
      {
        hop: 'postgres',
        at: postgres?.storedAt ?? null,
        detail: postgres === undefined ? `not in ${TABLE}` : TABLE,
      },
    ];
    if (inWarehouse !== null) {
      const at = clickhouse?.storedAt ?? null;
      steps.push({ hop: 'clickhouse', at, detail: at === null ? 'not in raw.web_events' : 'raw.web_events' });
      steps.push(publicationStep(vector, VECTOR, event));
    }
    return {
      table: TABLE,
      key: { source: event.source, day: event.day, user_key: event.userKey, event_id: id },
      steps,
    };
  });
}

function keyOf({ source, day, userKey }: StoredEvent): string {
  return JSON.stringify([source, day, userKey]);
}

export function positionText(topic: string, { partition, offset }: { partition: number; offset: string }): string {
  return `${topic}/${partition} offset ${offset}`;
}
