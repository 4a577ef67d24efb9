import { BinaryArrayWriter, type Client, OID } from '@ebb/postgres';
import { dayNumber } from './days.ts';
import type { WebRow } from './types.ts';

const INSERT = {
  name: 'raw_insert',
  text: `WITH locked AS MATERIALIZED (
      SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) key)
    INSERT INTO stream.web_events (event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified,
      event_id, user_key, source, event_type, session_id, page_url, product_id, device_type, anonymous_id, order_id,
      search_query, country, referrer, utm_source, utm_medium, utm_campaign, properties, extra)
    SELECT event_time, kafka_time, "offset", partition, day, schema_version, is_identified,
      event_id, user_key, source, event_type, session_id, page_url, product_id, device_type, anonymous_id, order_id,
      search_query, country, referrer, utm_source, utm_medium, utm_campaign, properties::jsonb, extra::jsonb
    FROM (SELECT count(*) FROM locked) AS l, unnest($2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::integer[],
      $6::date[], $7::smallint[], $8::boolean[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
      $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
      $22::text[], $23::text[], $24::text[], $25::text[], $26::text[])
      AS e (event_time, kafka_time, "offset", partition, day, schema_version, is_identified, event_id, user_key, source,
        event_type, session_id, page_url, product_id, device_type, anonymous_id, order_id, search_query, country,
        referrer, utm_source, utm_medium, utm_campaign, properties, extra)
    ON CONFLICT DO NOTHING`,
};

/**
 * Ordinals (from 1) of the sent rows that are not what this transaction stored: their identity was there before, or came
 * twice in the batch. The position alone would not tell: an operator may let old messages be read again.
 */
const FIND_REPEATED = {
  name: 'raw_find_repeated',
  text: `SELECT e.ordinal::integer AS ordinal
    FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::integer[], $6::bigint[])
      WITH ORDINALITY AS e (event_id, user_key, source, day, partition, "offset", ordinal)
    JOIN stream.web_events s USING (event_id, user_key, source, day)
    WHERE s.xmin <> pg_current_xact_id()::xid OR (s._partition, s._offset) <> (e.partition, e."offset")`,
};

/** Raw web events: stores each identity once, whichever batch, instance or repetition it comes in. */
export class RawStore {
  readonly #writer = new BinaryArrayWriter();

  /**
   * Inserts the rows and returns those that count: the first of each identity. Before anything is written, takes the
   * shared locks `lockKeys`, which a rebuild of the same days takes alone.
   */
  async insert(client: Client, rows: readonly WebRow[], lockKeys: readonly number[]): Promise<readonly WebRow[]> {
    const values = this.#encode(rows, lockKeys);
    const { rowCount } = await client.query({ ...INSERT, values });
    if (rowCount === rows.length) return rows;
    const repeated = await this.#findRepeated(client, rows);
    return rows.filter((_, index) => !repeated.has(index + 1));
  }

  async #findRepeated(client: Client, rows: readonly WebRow[]): Promise<Set<number>> {
    const writer = this.#writer;
    writer.reset();
    const values = [
      text(writer, rows, (row) => row.event.eventId),
      text(writer, rows, (row) => row.event.userKey),
      text(writer, rows, (row) => row.event.source),
      days(writer, rows),
      partitions(writer, rows),
      offsets(writer, rows),
    ];
    const result = await client.query<{ ordinal: number }>({ ...FIND_REPEATED, values });
    return new Set(result.rows.map((row) => row.ordinal));
  }

  #encode(rows: readonly WebRow[], lockKeys: readonly number[]): (Buffer | null)[] {
    const writer = this.#writer;
    writer.reset();
    return [
      int8s(writer, lockKeys),
      times(writer, rows, (row) => row.event.eventTimeMs),
      times(writer, rows, (row) => row.kafkaTimeMs),
      offsets(writer, rows),
      partitions(writer, rows),
      days(writer, rows),
      int2s(writer, rows, (row) => row.event.schemaVersion),
      bools(writer, rows, (row) => row.event.userId !== null),
      text(writer, rows, (row) => row.event.eventId),
      text(writer, rows, (row) => row.event.userKey),
      text(writer, rows, (row) => row.event.source),
      text(writer, rows, (row) => row.event.eventType),
      ...this.#optionalColumns(rows),
    ];
  }

  #optionalColumns(rows: readonly WebRow[]): (Buffer | null)[] {
    const writer = this.#writer;
    return [
      optional(writer, rows, (row) => row.event.sessionId),
      optional(writer, rows, (row) => row.event.pageUrl),
      optional(writer, rows, (row) => row.event.productId),
      optional(writer, rows, (row) => row.event.deviceType),
      optional(writer, rows, (row) => row.event.anonymousId),
      optional(writer, rows, (row) => row.event.orderId),
      optional(writer, rows, (row) => row.event.searchQuery),
      optional(writer, rows, (row) => row.event.country),
      optional(writer, rows, (row) => row.event.referrer),
      optional(writer, rows, (row) => row.event.utmSource),
      optional(writer, rows, (row) => row.event.utmMedium),
      optional(writer, rows, (row) => row.event.utmCampaign),
      optional(writer, rows, (row) => row.event.properties),
      optional(writer, rows, (row) => row.event.extra),
    ];
  }
}

type Rows = readonly WebRow[];

/** A column nobody filled is sent as null: `unnest` pads it, and nothing is written or read per row. */
function optional(writer: BinaryArrayWriter, rows: Rows, of: (row: WebRow) => string | null): Buffer | null {
  return rows.some((row) => of(row) !== null) ? text(writer, rows, of) : null;
}

function text(writer: BinaryArrayWriter, rows: Rows, of: (row: WebRow) => string | null): Buffer {
  writer.begin(OID.text, rows.length);
  for (const row of rows) writer.text(of(row));
  return writer.end();
}

function times(writer: BinaryArrayWriter, rows: Rows, of: (row: WebRow) => number): Buffer {
  writer.begin(OID.timestamptz, rows.length);
  for (const row of rows) writer.timestamp(of(row));
  return writer.end();
}

function int2s(writer: BinaryArrayWriter, rows: Rows, of: (row: WebRow) => number): Buffer {
  writer.begin(OID.int2, rows.length);
  for (const row of rows) writer.int2(of(row));
  return writer.end();
}

function bools(writer: BinaryArrayWriter, rows: Rows, of: (row: WebRow) => boolean): Buffer {
  writer.begin(OID.bool, rows.length);
  for (const row of rows) writer.bool(of(row));
  return writer.end();
}

function offsets(writer: BinaryArrayWriter, rows: Rows): Buffer {
  writer.begin(OID.int8, rows.length);
  for (const row of rows) writer.int8(row.offset);
  return writer.end();
}

function partitions(writer: BinaryArrayWriter, rows: Rows): Buffer {
  writer.begin(OID.int4, rows.length);
  for (const row of rows) writer.int4(row.partition);
  return writer.end();
}

function days(writer: BinaryArrayWriter, rows: Rows): Buffer {
  writer.begin(OID.date, rows.length);
  for (const row of rows) writer.date(dayNumber(row.event.eventTimeMs));
  return writer.end();
}

function int8s(writer: BinaryArrayWriter, values: readonly number[]): Buffer {
  writer.begin(OID.int8, values.length);
  for (const value of values) writer.int8(value);
  return writer.end();
}
