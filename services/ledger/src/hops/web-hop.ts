import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import { checksumOf } from '../canonical/row-hash.ts';
import type { Mismatch } from '../compare/compare.ts';
import { positionsFromJson } from '../compare/positions.ts';
import { keyName } from '../compare/row-set.ts';
import type { TableShape } from '../compare/table-shape.ts';
import { WEB_EVENTS } from '../compare/tables.ts';
import { BY_LEDGER_PATTERN } from '../repair/in-place.ts';
import type { Coverage, CoverageStore } from '../store/coverage-store.ts';
import type { FindingKind, Hop, NewFinding } from '../store/findings-store.ts';
import { positionName, type TopicPosition, type TopicTruth, type WebTruth } from './topic-truth.ts';

export interface WebHopDeps {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly coverage: CoverageStore;
  readonly truth: TopicTruth;
}

interface Judged {
  readonly mismatch: Mismatch;
  readonly at: TopicPosition;
  readonly truth: WebTruth;
  /** Hash of the row the topic makes; null where it makes none of this key. */
  readonly expected: bigint | null;
}

/** Names what is wrong with each key, and which hop did it: the topic decides, as long as it holds the message. */
export async function judgeWeb(
  deps: WebHopDeps,
  topic: string,
  shape: TableShape,
  mismatches: readonly Mismatch[],
): Promise<NewFinding[]> {
  const positions = mismatches.flatMap(positionsOf);
  const truths = await deps.truth.web(topic, positions);
  const judged = await withExpected(deps.pool, shape, mismatches, truths);
  const known = await deps.coverage.of(WEB_EVENTS);
  const mutated = await lastMutation(deps.clickhouse);
  const unstorable = await unstorableAt(deps.pool, topic, positions);
  return judged
    .filter(({ at, mismatch }) => mismatch.clickhouse !== null || !unstorable.has(positionName(at)))
    .map((one) => findingOf(one, shape, { known, mutated }));
}

/** Where the message of the row may stand, by what either engine says. */
function positionsOf({ postgres, clickhouse }: Mismatch): TopicPosition[] {
  return [postgres, clickhouse].flatMap((row) =>
    row === null ? [] : [{ partition: Number(row.position['_partition']), offset: Number(row.position['_offset']) }],
  );
}

const NOWHERE: TopicPosition = { partition: -1, offset: -1 };

async function withExpected(
  pool: Pool,
  shape: TableShape,
  mismatches: readonly Mismatch[],
  truths: ReadonlyMap<string, WebTruth>,
): Promise<Judged[]> {
  const rows: Record<string, unknown>[] = [];
  const judged = mismatches.map((mismatch) => {
    const isOf = (truth: WebTruth | undefined): boolean =>
      truth?.kind === 'event' && keyName(truth.key) === keyName(mismatch.key);
    const candidates = positionsOf(mismatch);
    const at = candidates.find((one) => isOf(truths.get(positionName(one)))) ?? candidates[0] ?? NOWHERE;
    const truth: WebTruth = truths.get(positionName(at)) ?? { kind: 'never' };
    const isThisKey = truth.kind === 'event' && isOf(truth);
    if (isThisKey) rows.push({ ...truth.row, n: rows.length });
    return { mismatch, at, truth, index: isThisKey ? rows.length - 1 : null };
  });
  const hashes = await hashesOf(pool, shape, rows);
  return judged.map(({ index, ...one }) => ({ ...one, expected: index === null ? null : (hashes[index] ?? null) }));
}

/** Lets Postgres hash rows as it would hash stored ones. */
async function hashesOf(pool: Pool, shape: TableShape, rows: readonly Record<string, unknown>[]): Promise<bigint[]> {
  if (rows.length === 0) return [];
  const { rows: hashed } = await pool.query<{ hash: string }>(
    `SELECT (${shape.hash.postgres})::text AS hash
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS m (row, n)
     CROSS JOIN LATERAL jsonb_populate_record(NULL::stream.web_events, m.row) AS t ORDER BY m.n`,
    [JSON.stringify(rows)],
  );
  return hashed.map(({ hash }) => checksumOf(hash));
}

function findingOf(
  { mismatch, at, truth, expected }: Judged,
  shape: TableShape,
  signs: { known: ReadonlyMap<string, Coverage>; mutated: number },
): NewFinding {
  const { postgres, clickhouse } = mismatch;
  const isPostgresRight = (postgres?.hash ?? null) === expected;
  // Without a truth the one that has the row is believed, as long as the other has none.
  const isUnknown = truth.kind === 'gone';
  const isPostgresWrong = isUnknown ? postgres === null : !isPostgresRight;
  const store = isPostgresWrong ? 'postgres' : 'clickhouse';
  const wrong = isPostgresWrong ? postgres : clickhouse;
  const isExpected = isUnknown ? (isPostgresWrong ? clickhouse : postgres) !== null : expected !== null;
  const kind: FindingKind = wrong === null ? 'missing' : isExpected ? 'altered' : 'extra';
  const key = Object.fromEntries(shape.keys.map(({ name }, index) => [name, mismatch.key[index] ?? '']));
  return {
    table: WEB_EVENTS,
    key,
    kind,
    store,
    hop: isUnknown && postgres !== null && clickhouse !== null ? null : hopOf({ store, kind, mismatch, at, ...signs }),
    evidence: {
      topic: truth.kind,
      partition: at.partition,
      offset: at.offset,
      postgres: postgres === null ? null : String(postgres.hash),
      clickhouse: clickhouse === null ? null : String(clickhouse.hash),
      expected: expected === null ? null : String(expected),
    },
  };
}

interface HopSigns {
  readonly store: 'postgres' | 'clickhouse';
  readonly kind: FindingKind;
  readonly mismatch: Mismatch;
  readonly at: TopicPosition;
  readonly known: ReadonlyMap<string, Coverage>;
  readonly mutated: number;
}

function hopOf({ store, kind, mismatch, at, known, mutated }: HopSigns): Hop {
  if (store === 'postgres') return 'kafka -> aggregator -> postgres';
  // The sink only ever writes what a message says.
  if (kind === 'extra') return 'clickhouse';
  const storedAt = utcTime((mismatch.postgres ?? mismatch.clickhouse)?.position['_kafka_time'] ?? '');
  const wasChanged = mutated > 0 && !(mutated < storedAt);
  return wasVerified(known, mismatch, at) || wasChanged ? 'clickhouse' : 'topic -> sink -> clickhouse';
}

/** Whether both engines were found equal once in a range that held the row: then it was there, and was lost later. */
function wasVerified(
  known: ReadonlyMap<string, Coverage>,
  { key }: Mismatch,
  { partition, offset }: TopicPosition,
): boolean {
  const day = key[1] ?? '';
  return [...known.values()].some(
    ({ range, verifiedAtMs, boundary }) =>
      range.startsWith(day) && verifiedAtMs !== null && (positionsFromJson(boundary).get(partition) ?? 0) > offset,
  );
}

/** Postgres writes the zone, ClickHouse does not. */
function utcTime(text: string): number {
  return Date.parse(/[+Z]/.test(text) ? text : `${text}Z`);
}

/** When somebody last changed or deleted rows in place, ms; 0 for never. The sink does not. */
async function lastMutation(clickhouse: Clickhouse): Promise<number> {
  const rows = await clickhouse.query<{ at: string | null }>(
    `SELECT toString(toUnixTimestamp(max(create_time))) AS at FROM system.mutations
     WHERE database = 'raw' AND table = 'web_events' AND command NOT LIKE '${BY_LEDGER_PATTERN}'`,
  );
  return Number(rows[0]?.at ?? 0) * 1000;
}

/** Positions of events that ClickHouse cannot hold; the sink has made dead letters of them. */
async function unstorableAt(pool: Pool, topic: string, positions: readonly TopicPosition[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ partition: number; offset: string }>(
    `SELECT d.partition, d."offset" FROM stream.dead_letters d
     JOIN unnest($2::integer[], $3::bigint[]) p (partition, "offset")
       ON d.partition = p.partition AND d."offset" = p."offset"
     WHERE d.service = 'cdc-sink' AND d.topic = $1`,
    [topic, positions.map(({ partition }) => partition), positions.map(({ offset }) => offset)],
  );
  return new Set(rows.map(({ partition, offset }) => positionName({ partition, offset: Number(offset) })));
}
