import { EbbError } from '@ebb/core';
import { BinaryArrayWriter, type Client, OID } from '@ebb/postgres';
import { byDay, statementFor } from './day-tables.ts';
import { dayNumber } from './days.ts';
import type { AggregatorErrorCode } from './errors.ts';
import { writeIdentity } from './event-identity.ts';
import type { WebRow } from './types.ts';

const COLUMNS = `event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified, identity, event_id,
  user_key, source, event_type, session_id, page_url, product_id, device_type, anonymous_id, order_id, search_query,
  country, referrer, utm_source, utm_medium, utm_campaign`;

const INSERT_TEXT = `WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) key)
  INSERT INTO stream.web_events (${COLUMNS}, properties, extra)
  SELECT ${COLUMNS}, properties::jsonb, extra::jsonb
  FROM (SELECT count(*) FROM locked) AS l, unnest($2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::integer[],
    $6::date[], $7::smallint[], $8::boolean[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[],
    $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
    $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[]) AS e (${COLUMNS}, properties, extra)`;

/** Fails where an identity is there already. Half the work for the key of the other one. */
const INSERT_NEW = { name: 'raw_insert_new', text: `${INSERT_TEXT} ORDER BY identity` };

/** Skips what is there already; in the order sent, so that the first of a repeated identity is kept. */
const INSERT_MISSING = { name: 'raw_insert_missing', text: `${INSERT_TEXT} ON CONFLICT DO NOTHING` };

/**
 * Ordinals (from 1) of the sent rows that are not what this transaction stored: their identity was there before, or came
 * twice in the batch. The position alone would not tell: an operator may let old messages be read again.
 */
const FIND_REPEATED = {
  name: 'raw_find_repeated',
  text: `SELECT e.ordinal::integer AS ordinal
    FROM unnest($1::uuid[], $2::date[], $3::integer[], $4::bigint[])
      WITH ORDINALITY AS e (identity, day, partition, "offset", ordinal)
    JOIN {table} s ON s.identity = e.identity AND s.day = e.day
    WHERE s.xmin <> pg_current_xact_id()::xid OR (s._partition, s._offset) <> (e.partition, e."offset")`,
};

const UNIQUE_VIOLATION = '23505';
const FEWEST_CAREFUL = 16;
const MOST_CAREFUL = 4_096;

/**
 * Raw web events: stores each identity once, whichever batch, instance or repetition it comes in.
 *
 * It expects new events until a batch proves otherwise; the next batches then look before they store, for longer each
 * time it is proven wrong again.
 */
export class RawStore {
  readonly #writer = new BinaryArrayWriter();
  #carefulBatches = 0;
  #nextCareful = FEWEST_CAREFUL;

  /**
   * Inserts the rows and returns those that count: the first of each identity. Before anything is written, takes the
   * shared locks `lockKeys`, which a rebuild of the same days takes alone. Raises REPEATED_EVENTS where the transaction
   * has to be begun again; the next call then goes through.
   */
  async insert(client: Client, rows: readonly WebRow[], lockKeys: readonly number[]): Promise<readonly WebRow[]> {
    if (this.#carefulBatches === 0) {
      await this.#insertNew(client, rows, lockKeys);
      return rows;
    }
    this.#carefulBatches -= 1;
    const { rowCount } = await client.query({ ...INSERT_MISSING, values: this.#encode(rows, lockKeys) });
    if (rowCount === rows.length) return rows;
    const repeated = await this.#findRepeated(client, rows);
    return rows.filter((row) => !repeated.has(row));
  }

  async #insertNew(client: Client, rows: readonly WebRow[], lockKeys: readonly number[]): Promise<void> {
    try {
      await client.query({ ...INSERT_NEW, values: this.#encode(rows, lockKeys) });
      this.#nextCareful = Math.max(FEWEST_CAREFUL, this.#nextCareful - 1);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) throw error;
      this.#carefulBatches = this.#nextCareful;
      this.#nextCareful = Math.min(MOST_CAREFUL, this.#nextCareful * 2);
      throw new EbbError<AggregatorErrorCode>('REPEATED_EVENTS', 'some events were stored before', { cause: error });
    }
  }

  async #findRepeated(client: Client, rows: readonly WebRow[]): Promise<Set<WebRow>> {
    const repeated = new Set<WebRow>();
    for (const [day, part] of byDay(rows, (row) => dayNumber(row.event.eventTimeMs))) {
      const writer = this.#writer;
      writer.reset();
      const values = [identities(writer, part), days(writer, part), partitions(writer, part), offsets(writer, part)];
      const statement = statementFor(FIND_REPEATED, 'stream.web_events', day);
      const result = await client.query<{ ordinal: number }>({ ...statement, values });
      for (const { ordinal } of result.rows) repeated.add(part[ordinal - 1] as WebRow);
    }
    return repeated;
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
      identities(writer, rows),
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

function identities(writer: BinaryArrayWriter, rows: Rows): Buffer {
  writer.begin(OID.uuid, rows.length);
  for (const row of rows) writeIdentity(writer, row.digest, row.event.eventId);
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
