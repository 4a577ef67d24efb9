import { BinaryArrayWriter, BinaryColumns, type Client, type Pool } from '@ebb/postgres';
import type { Account } from './accounts.ts';
import type { ReceiptTally } from './receipt-tallies.ts';
import type { PartitionId, TopicKind } from './types.ts';

const MOVE = {
  name: 'offsets_move',
  text: `WITH moves AS (
      SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[],
        $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::timestamptz[], $13::timestamptz[])
        m (topic, partition, from_offset, to_offset, kind, event_time, messages, new, duplicate, dead, checksum,
          first_kafka_time, last_kafka_time)),
    accounted AS (
      INSERT INTO ops.batch_ledger AS b (topic, partition, minute, from_offset, to_offset, batches, messages, new,
        duplicate, dead, checksum, first_kafka_time, last_kafka_time)
      SELECT topic, partition, date_trunc('minute', now(), 'UTC'), from_offset, to_offset, 1, messages, new, duplicate,
        dead, checksum::numeric, first_kafka_time, last_kafka_time
      FROM moves
      ON CONFLICT (topic, partition, minute) DO UPDATE SET to_offset = excluded.to_offset, batches = b.batches + 1,
        messages = b.messages + excluded.messages, new = b.new + excluded.new,
        duplicate = b.duplicate + excluded.duplicate, dead = b.dead + excluded.dead,
        checksum = mod(b.checksum + excluded.checksum, 18446744073709551616),
        jumps = b.jumps + (b.to_offset <> excluded.from_offset)::integer,
        first_kafka_time = coalesce(b.first_kafka_time, excluded.first_kafka_time),
        last_kafka_time = coalesce(excluded.last_kafka_time, b.last_kafka_time)),
    marked AS (
      INSERT INTO stream.watermarks AS w (topic, partition, kind, event_time)
      SELECT topic, partition, kind, event_time FROM moves WHERE event_time IS NOT NULL
      ON CONFLICT (topic, partition) DO UPDATE
        SET event_time = greatest(w.event_time, excluded.event_time), updated_at = now()),
    moved AS (
      UPDATE stream.consumer_offsets o SET next_offset = m.to_offset, updated_at = now()
      FROM moves m
      WHERE o.topic = m.topic AND o.partition = m.partition AND o.next_offset = m.from_offset AND o.alarm IS NULL
      RETURNING 1)
    SELECT count(*)::integer AS moved, (SELECT value FROM kpi.generation) AS generation FROM moved`,
};

const TALLY = {
  name: 'receipts_tally',
  text: `INSERT INTO ops.receipt_tallies AS t (topic, collector_id, minute, write_key_id, part, events, undigested, checksum)
    SELECT topic, collector_id, minute, write_key_id, $8::integer, events, undigested, checksum::numeric
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
      r (topic, collector_id, minute, write_key_id, events, undigested, checksum)
    ON CONFLICT (minute, collector_id, topic, write_key_id, part) DO UPDATE SET events = t.events + excluded.events,
      undigested = t.undigested + excluded.undigested,
      checksum = mod(t.checksum + excluded.checksum, 18446744073709551616), updated_at = now()`,
};

export interface StoredOffset extends PartitionId {
  readonly nextOffset: number;
  readonly alarm: string | null;
}

export interface MoveOutcome {
  /** Whether every partition stood where the batch started; if not, the transaction must be rolled back. */
  readonly isCurrent: boolean;
  readonly generation: string;
}

/** The positions in Postgres. They alone decide what was processed; the broker's are a mirror. */
export class OffsetsStore {
  readonly #writer = new BinaryArrayWriter(1 << 12);
  readonly #columns = new BinaryColumns(this.#writer);

  /** Moves the partitions of a batch, each from exactly where the batch started, and accounts for what it made of them. */
  async move(client: Client, moves: readonly Account[]): Promise<MoveOutcome> {
    const columns = this.#columns;
    this.#writer.reset();
    const values = [
      columns.texts(moves, (move) => move.topic),
      columns.int4s(moves, (move) => move.partition),
      columns.int8s(moves, (move) => move.from),
      columns.int8s(moves, (move) => move.to),
      columns.texts(moves, (move) => (move.kind === 'dead_letters' ? null : move.kind)),
      columns.timestamps(moves, (move) => move.watermarkMs),
      columns.int8s(moves, (move) => move.messages),
      columns.int8s(moves, (move) => move.new),
      columns.int8s(moves, (move) => move.duplicate),
      columns.int8s(moves, (move) => move.dead),
      columns.texts(moves, (move) => String(move.checksum)),
      columns.timestamps(moves, (move) => move.kafkaTimesMs?.[0] ?? null),
      columns.timestamps(moves, (move) => move.kafkaTimesMs?.[1] ?? null),
    ];
    const { rows } = await client.query<{ moved: number; generation: string }>({ ...MOVE, values });
    return { isCurrent: rows[0]?.moved === moves.length, generation: rows[0]?.generation ?? '' };
  }

  /** Adds what the batch holds of each receipt. `part` tells apart writers that store at the same time. */
  async tally(client: Client, receipts: readonly ReceiptTally[], part: number): Promise<void> {
    if (receipts.length === 0) return;
    const columns = this.#columns;
    this.#writer.reset();
    const values = [
      columns.texts(receipts, ({ topic }) => topic),
      columns.texts(receipts, ({ collectorId }) => collectorId),
      columns.timestamps(receipts, ({ minuteStartMs }) => minuteStartMs),
      columns.texts(receipts, ({ writeKeyId }) => writeKeyId),
      columns.int8s(receipts, ({ tally, undigested }) => tally.count + undigested),
      columns.int8s(receipts, ({ undigested }) => undigested),
      columns.texts(receipts, ({ tally }) => String(tally.checksum)),
      part,
    ];
    await client.query({ ...TALLY, values });
  }
}

/** Positions of the partitions; one that has none starts at its log start. */
export async function loadOffsets(
  client: Client,
  partitions: readonly (PartitionId & { readonly logStart: number })[],
): Promise<StoredOffset[]> {
  const parameters = [
    partitions.map(({ topic }) => topic),
    partitions.map(({ partition }) => partition),
    partitions.map(({ logStart }) => logStart),
  ];
  await client.query(
    `INSERT INTO stream.consumer_offsets (topic, partition, next_offset)
     SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[]) ON CONFLICT DO NOTHING`,
    parameters,
  );
  const { rows } = await client.query<{ topic: string; partition: number; next_offset: string; alarm: string | null }>(
    `SELECT o.topic, o.partition, o.next_offset, o.alarm
     FROM stream.consumer_offsets o
     JOIN unnest($1::text[], $2::integer[]) p (topic, partition) ON (o.topic, o.partition) = (p.topic, p.partition)`,
    parameters.slice(0, 2),
  );
  return rows.map((row) => ({
    topic: row.topic,
    partition: row.partition,
    nextOffset: Number(row.next_offset),
    alarm: row.alarm,
  }));
}

export async function loadGeneration(client: Client): Promise<string> {
  const { rows } = await client.query<{ value: string }>('SELECT value FROM kpi.generation');
  return rows[0]?.value ?? '';
}

/** Stops a partition until somebody clears the alarm; its position stays as evidence. */
export async function setAlarm(client: Client | Pool, { topic, partition }: PartitionId, alarm: string): Promise<void> {
  await client.query(`UPDATE stream.consumer_offsets SET alarm = $3 WHERE topic = $1 AND partition = $2`, [
    topic,
    partition,
    alarm,
  ]);
}

/** Everything that had come into the partition before `atMs` is stored. */
export interface CaughtUp extends PartitionId {
  readonly kind: TopicKind;
  readonly atMs: number;
}

/** Lets the watermarks of partitions that get nothing follow the clock. */
export async function markCaughtUp(pool: Pool, partitions: readonly CaughtUp[]): Promise<void> {
  const followed = partitions.filter(({ kind }) => kind !== 'dead_letters');
  if (followed.length === 0) return;
  await pool.query(
    `INSERT INTO stream.watermarks AS w (topic, partition, kind, caught_up_at)
     SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::timestamptz[])
     ON CONFLICT (topic, partition) DO UPDATE
       SET caught_up_at = greatest(w.caught_up_at, excluded.caught_up_at), updated_at = now()`,
    [
      followed.map(({ topic }) => topic),
      followed.map(({ partition }) => partition),
      followed.map(({ kind }) => kind),
      followed.map(({ atMs }) => new Date(atMs).toISOString()),
    ],
  );
}

/** Those of the partitions whose alarm somebody has cleared. */
export async function clearedAlarms(pool: Pool, partitions: readonly PartitionId[]): Promise<PartitionId[]> {
  const { rows } = await pool.query<{ topic: string; partition: number }>(
    `SELECT o.topic, o.partition FROM stream.consumer_offsets o
     JOIN unnest($1::text[], $2::integer[]) p (topic, partition) ON (o.topic, o.partition) = (p.topic, p.partition)
     WHERE o.alarm IS NULL`,
    [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  );
  return rows;
}

export async function loadWatermarks(
  pool: Pool,
  partitions: readonly PartitionId[],
): Promise<(PartitionId & { eventTimeMs: number })[]> {
  const { rows } = await pool.query<{ topic: string; partition: number; event_time: Date }>(
    `SELECT w.topic, w.partition, w.event_time FROM stream.watermarks w
     JOIN unnest($1::text[], $2::integer[]) p (topic, partition) ON (w.topic, w.partition) = (p.topic, p.partition)
     WHERE w.event_time IS NOT NULL`,
    [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  );
  return rows.map((row) => ({ topic: row.topic, partition: row.partition, eventTimeMs: row.event_time.getTime() }));
}
