import type { Ledger } from '../ledger.ts';
import { readMessages } from '../hops/topic-truth.ts';
import { HEADERS, parseReceiptBucket } from '@ebb/contracts';
import type { TableShape } from '../compare/table-shape.ts';
import { quotePostgres } from '../canonical/column-text.ts';

/** One station of a row's way. */
export interface Step {
  readonly hop: string;
  readonly at: string | null;
  readonly details: string;
}

export interface Trace {
  readonly what: string;
  readonly steps: readonly Step[];
}

/** Every web event, order and customer with this id, hop by hop. */
export async function trace(ledger: Ledger, id: string): Promise<Trace[]> {
  return [...(await webEvents(ledger, id)), ...(await capturedRows(ledger, id))];
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

const ISO_PG = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ISO_CH = (column: string): string => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%S.%fZ')`;

async function webEvents({ stores, topics }: Ledger, id: string): Promise<Trace[]> {
  const { rows } = await stores.pool.query<WebRow>(
    `SELECT source, day::text, user_key, ${ISO_PG('event_time')} AS event_time, ${ISO_PG('_kafka_time')} AS kafka_time,
       ${ISO_PG('_processed_at')} AS processed_at, _partition AS partition, _offset::text AS "offset"
     FROM stream.web_events WHERE event_id = $1 ORDER BY event_time LIMIT 10`,
    [id],
  );
  const stored = await stores.clickhouse.query<WebRow & { inserted_at: string }>(
    `SELECT source, toString(day) AS day, user_key, ${ISO_CH('event_time')} AS event_time,
       ${ISO_CH('_kafka_time')} AS kafka_time, ${ISO_CH('_inserted_at')} AS inserted_at, _partition AS partition,
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

/** Rows of captured tables whose key holds the id in any column of text. */
async function capturedRows(ledger: Ledger, id: string): Promise<Trace[]> {
  const { captured } = await ledger.checks();
  const traces: Trace[] = [];
  for (const table of await ledger.tables()) {
    const shape = await captured.shape(table);
    const texts =
      shape?.keys.filter(({ typname }) => ['text', 'varchar', 'uuid', 'int4', 'int8'].includes(typname)) ?? [];
    if (shape === null || texts.length === 0) continue;
    const condition = texts.map(({ name }) => `${quotePostgres(name)}::text = $1`).join(' OR ');
    const processed = shape.columns.find(({ name }) => name === '_processed_at' || name === 'updated_at');
    const keys = shape.keyTexts.map(({ postgres }, index) => `${postgres} AS k${index}`).join(', ');
    const { rows } = await ledger.stores.pool.query<Record<string, string>>(
      `SELECT ${keys}, ${processed === undefined ? 'NULL' : ISO_PG(quotePostgres(processed.name))} AS at
       FROM ${shape.postgres} WHERE ${condition} LIMIT 10`,
      [id],
    );
    for (const row of rows) traces.push(await capturedTrace(ledger, table, shape, row));
  }
  return traces;
}

async function capturedTrace(
  { stores }: Ledger,
  table: { name: string; schema: string; table: string; topic: string },
  shape: TableShape,
  row: Readonly<Record<string, string>>,
): Promise<Trace> {
  const conditions = shape.keyTexts.map(({ clickhouse }, index) => `${clickhouse} = {k${index}:String}`).join(' AND ');
  const parameters = Object.fromEntries(shape.keys.map((_, index) => [`k${index}`, row[`k${index}`]]));
  const history = await stores.clickhouse.query<Record<string, string>>(
    `SELECT toString(_version) AS version, _op AS op, ${ISO_CH('_commit_time')} AS committed,
       ${ISO_CH(shape.position.kafkaTime)} AS kafka_time, toString(${shape.position.partition}) AS partition,
       toString(${shape.position.offset}) AS offset
     FROM raw.\`${table.schema}_${table.table}_history\` WHERE ${conditions} ORDER BY _version`,
    parameters,
  );
  const state = await stores.clickhouse.query<{ version: string }>(
    `SELECT toString(_version) AS version FROM raw.\`${table.schema}_${table.table}_current\` WHERE ${conditions}`,
    parameters,
  );
  const changes = history.flatMap((change): Step[] => [
    { hop: 'commit', at: change['committed'] ?? null, details: `change ${change['op'] ?? ''}` },
    {
      hop: 'kafka',
      at: change['kafka_time'] ?? null,
      details: `${table.topic}/${change['partition'] ?? ''} offset ${change['offset'] ?? ''}`,
    },
  ]);
  const key = shape.keys.map(({ name }, index) => `${name}=${row[`k${index}`] ?? ''}`).join(' ');
  const current = state[0]?.version;
  return {
    what: `${table.name} ${key}`,
    steps: [
      { hop: 'postgres', at: row['at'] ?? null, details: 'last stored' },
      ...changes,
      {
        hop: 'clickhouse',
        at: null,
        details: current === undefined ? 'no current row' : `current row is version ${current}`,
      },
    ],
  };
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
    const took = time === null || before === null || !isMoment ? '' : `+${time - before} ms`;
    if (time !== null && isMoment) before = time;
    return `  ${hop.padEnd(11)} ${(at ?? '-').padEnd(26)} ${took.padStart(12)}  ${details}`;
  });
  return [what, ...lines].join('\n');
}
