import type { Ledger } from '../ledger.ts';
import { readMessages } from '../hops/topic-truth.ts';
import { HEADERS, parseReceiptBucket } from '@ebb/contracts';
import { traceCaptured } from './trace-captured.ts';
import { isoClickhouse, isoPostgres, type Trace } from './trace-step.ts';

/** Every web event, order and customer with this id, hop by hop. */
export async function trace(ledger: Ledger, id: string): Promise<Trace[]> {
  return [...(await webEvents(ledger, id)), ...(await traceCaptured(ledger, id))];
}

interface WebRow {
  source: string;
  day: string;
  user_key: string;
  event_time: string;
  kafka_time: string;
  processed_at: string;
  partition: number;
  offset: string;
}

async function webEvents({ stores, topics }: Ledger, id: string): Promise<Trace[]> {
  const { rows } = await stores.pool.query<WebRow>(
    `SELECT source, day::text, user_key, ${isoPostgres('event_time')} AS event_time, ${isoPostgres('_kafka_time')} AS kafka_time,
       ${isoPostgres('_processed_at')} AS processed_at, _partition AS partition, _offset::text AS "offset"
     FROM stream.web_events WHERE event_id = $1 ORDER BY event_time LIMIT 10`,
    [id],
  );
  const stored = await stores.clickhouse.query<WebRow & { inserted_at: string }>(
    `SELECT source, toString(day) AS day, user_key, ${isoClickhouse('event_time')} AS event_time,
       ${isoClickhouse('_kafka_time')} AS kafka_time, ${isoClickhouse('_inserted_at')} AS inserted_at, _partition AS partition,
       toString(_offset) AS offset
     FROM raw.web_events_current WHERE event_id = {id:String} LIMIT 10`,
    { id },
  );
  const keyOf = (row: WebRow): string => `${row.source} ${row.day} ${row.user_key}`;
  const keys = new Set([...rows, ...stored].map(keyOf));
  const traces: Trace[] = [];
  for (const key of keys) {
    const postgres = rows.find((row) => keyOf(row) === key);
    const clickhouse = stored.find((row) => keyOf(row) === key);
    const at = postgres ?? clickhouse;
    if (at === undefined) continue;
    const position = { partition: at.partition, offset: Number(at.offset) };
    const message = [...(await readMessages(stores.kafka, topics.website, [position])).values()][0];
    const bucket = parseReceiptBucket(message?.headers[HEADERS.receipt] ?? '');
    traces.push({
      what: `web event ${id} of ${key}`,
      steps: [
        { hop: 'event', at: at.event_time, details: '' },
        {
          hop: 'collector',
          at: bucket === null ? null : new Date(bucket.minuteStartMs).toISOString(),
          details:
            bucket === null
              ? 'not through a collector'
              : `receipt of ${bucket.collectorId}, key ${message?.headers[HEADERS.writeKey] ?? '?'}, the minute from`,
        },
        {
          hop: 'kafka',
          at: message === undefined ? null : new Date(message.timestampMs).toISOString(),
          details: `${topics.website}/${at.partition} offset ${at.offset}${message === undefined ? ', no longer held' : ''}`,
        },
        { hop: 'postgres', at: postgres?.processed_at ?? null, details: 'stream.web_events' },
        { hop: 'clickhouse', at: clickhouse?.inserted_at ?? null, details: 'raw.web_events' },
      ],
    });
  }
  return traces;
}

export function formatTrace(traces: readonly Trace[]): string {
  return traces.map(formatOne).join('\n\n');
}

function formatOne({ what, steps }: Trace): string {
  let before: number | null = null;
  const lines = steps.map(({ hop, at, details }) => {
    const time = at === null ? null : Date.parse(at);
    // A receipt's minute is no moment.
    const isMoment = hop !== 'collector';
    // What was stored last in Postgres may be older than the last reading of it.
    const tookMs: number = time === null || before === null || !isMoment ? -1 : time - before;
    const took = tookMs < 0 ? '' : `+${tookMs} ms`;
    if (time !== null && isMoment) before = time;
    return `  ${hop.padEnd(11)} ${(at ?? '-').padEnd(26)} ${took.padStart(12)}  ${details}`;
  });
  return [what, ...lines].join('\n');
}
