import { parseReceipt, type Receipt } from '@ebb/contracts';
import { type OffsetRange, readRanges, topicOffsets } from '@ebb/kafka';
import { withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import type { Stores } from '../compare/engines.ts';
import { aggregatorPositions, hasReached } from '../compare/positions.ts';
import type { NewFinding } from '../store/findings-store.ts';

export interface ReceiptTopics {
  readonly receipts: string;
  readonly events: readonly string[];
}

export interface ReceiptsOutcome {
  readonly findings: readonly NewFinding[];
  /** Buckets whose events are not all read by the aggregator yet; they are compared in the next cycle. */
  readonly isBehind: boolean;
  readonly receipts: number;
}

export const RECEIPTS = 'ops.receipts';
/** Receipts are compared again for so long: a further receipt of the same bucket may come late. */
const COMPARED_HOURS = 26;
const KEPT_DAYS = 8;

/**
 * What collectors answered 202 for against what the topics hold of it, bucket by bucket. Receipts are a lower bound: a
 * collector that is killed loses those of its last minute, and a request that was answered 503 may have been stored. So
 * more in the topic is no alarm; less is, and so is another set of the same size.
 */
export async function checkReceipts(stores: Stores, topics: ReceiptTopics): Promise<ReceiptsOutcome> {
  const receipts = await readReceipts(stores, topics.receipts);
  await forgetOld(stores);
  // Every event of a receipt was in its topic before the receipt was written.
  for (const topic of topics.events) {
    const ends = await topicOffsets(stores.kafka, topic);
    const wanted = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
    if (!(await waitFor(stores, topic, wanted))) return { findings: [], isBehind: true, receipts };
  }
  return { findings: await compareBuckets(stores), isBehind: false, receipts };
}

const ATTEMPTS = 40;
const PAUSE_MS = 250;

async function waitFor({ pool }: Stores, topic: string, wanted: ReadonlyMap<number, number>): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (hasReached(await aggregatorPositions(pool, topic), wanted)) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS);
    });
  }
  return false;
}

/** Stores the receipts that came since, together with the position they were read to. Returns how many. */
async function readReceipts({ pool, kafka }: Stores, topic: string): Promise<number> {
  const { rows } = await pool.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM ops.ledger_positions WHERE topic = $1',
    [topic],
  );
  const positions = new Map(rows.map(({ partition, next_offset: next }) => [partition, Number(next)]));
  const ranges: OffsetRange[] = (await topicOffsets(kafka, topic))
    .map(({ partition, low, high }) => ({
      partition,
      from: Math.max(positions.get(partition) ?? 0, Number(low)),
      to: Number(high),
    }))
    .filter(({ from, to }) => from < to);
  if (ranges.length === 0) return 0;
  const receipts: Receipt[] = [];
  await readRanges(kafka, topic, ranges, ({ value }) => {
    const parsed = parseReceipt(value);
    if (parsed.ok) receipts.push(parsed.value);
  });
  await storeReceipts(pool, topic, { receipts, ranges });
  return receipts.length;
}

async function storeReceipts(
  pool: Stores['pool'],
  topic: string,
  { receipts, ranges }: { receipts: readonly Receipt[]; ranges: readonly OffsetRange[] },
): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(
      `INSERT INTO ops.receipts (id, topic, collector_id, minute, write_key_id, events, checksum)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[], $7::numeric[])
       ON CONFLICT DO NOTHING`,
      [
        receipts.map(({ id }) => id),
        receipts.map((receipt) => receipt.topic),
        receipts.map(({ collectorId }) => collectorId),
        receipts.map(({ minuteStartMs }) => new Date(minuteStartMs).toISOString()),
        receipts.map(({ writeKeyId }) => writeKeyId),
        receipts.map(({ count }) => count),
        receipts.map(({ checksum }) => String(checksum)),
      ],
    );
    await client.query(
      `INSERT INTO ops.ledger_positions (topic, partition, next_offset)
       SELECT $1, * FROM unnest($2::integer[], $3::bigint[])
       ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
      [topic, ranges.map(({ partition }) => partition), ranges.map(({ to }) => to)],
    );
  });
}

async function forgetOld({ pool }: Stores): Promise<void> {
  for (const table of ['ops.receipts', 'ops.receipt_tallies']) {
    await pool.query(`DELETE FROM ${table} WHERE minute < now() - make_interval(days => $1)`, [KEPT_DAYS]);
  }
}

const bucketRow = z.object({
  topic: z.string(),
  collector_id: z.string(),
  minute: z.date(),
  write_key_id: z.string(),
  promised: z.coerce.number(),
  promised_checksum: z.coerce.bigint(),
  held: z.coerce.number(),
  held_checksum: z.coerce.bigint(),
  undigested: z.coerce.number(),
});

async function compareBuckets({ pool }: Stores): Promise<NewFinding[]> {
  // Rows of tallies are only ever added to, so a bucket that is right stays right.
  const { rows } = await pool.query(
    `SELECT r.*, coalesce(t.held, 0) AS held, coalesce(t.checksum, 0) AS held_checksum,
       coalesce(t.undigested, 0) AS undigested
     FROM (SELECT topic, collector_id, minute, write_key_id, sum(events) AS promised,
         mod(sum(checksum), 18446744073709551616) AS promised_checksum
       FROM ops.receipts WHERE minute > now() - make_interval(hours => $1)
       GROUP BY topic, collector_id, minute, write_key_id) r
     LEFT JOIN LATERAL (SELECT sum(events) AS held, sum(undigested) AS undigested,
         mod(sum(checksum), 18446744073709551616) AS checksum
       FROM ops.receipt_tallies t WHERE t.minute = r.minute AND t.collector_id = r.collector_id AND t.topic = r.topic
         AND t.write_key_id = r.write_key_id) t ON true
     WHERE coalesce(t.held, 0) < r.promised
       OR (t.held = r.promised AND t.undigested = 0 AND t.checksum <> r.promised_checksum)`,
    [COMPARED_HOURS],
  );
  return rows.map((row) => lostFinding(bucketRow.parse(row)));
}

function lostFinding(bucket: z.output<typeof bucketRow>): NewFinding {
  const lost = bucket.promised - bucket.held;
  const missing = BigInt.asUintN(64, bucket.promised_checksum - bucket.held_checksum);
  // A sum tells which event is missing only if it is one: its digest is the difference.
  const isOne = lost === 1 && bucket.undigested === 0;
  return {
    table: RECEIPTS,
    key: {
      topic: bucket.topic,
      minute: bucket.minute.toISOString(),
      write_key_id: bucket.write_key_id,
      collector_id: bucket.collector_id,
    },
    kind: 'lost',
    store: 'kafka',
    hop: 'collector -> kafka',
    evidence: {
      promised: bucket.promised,
      held: bucket.held,
      at_least_lost: Math.max(1, lost),
      ...(isOne ? { digest_of_the_lost_event: missing.toString(16).padStart(16, '0') } : {}),
    },
  };
}
