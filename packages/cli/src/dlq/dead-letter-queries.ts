import type { Pool } from '@ebb/postgres';

/** A row of stream.dead_letters. */
export interface StoredLetter {
  id: string;
  service: string;
  kind: string;
  topic: string | null;
  partition: number | null;
  offset: string | null;
  code: string;
  message: string;
  event_id: string | null;
  source: string | null;
  write_key_id: string | null;
  is_replay: boolean;
  failed_at: Date;
  stored_at: Date;
  payload: Buffer;
  payload_bytes: number;
  truncated: boolean;
  replayed_at: Date | null;
  replay_count: number;
  dropped_at: Date | null;
}

/** Which letters; all parts must hold. Dropped letters are never chosen. */
export interface LetterFilter {
  ids?: readonly string[];
  reason?: string;
  since?: Date;
  until?: Date;
  /** False: only letters that were never replayed. */
  withReplayed?: boolean;
}

export interface ReasonCount {
  code: string;
  service: string;
  letters: string;
  not_replayed: string;
  first: Date;
  last: Date;
}

const COLUMNS = `id, service, kind, topic, partition, "offset", code, message, event_id, source, write_key_id, is_replay,
  failed_at, stored_at, payload, payload_bytes, truncated, replayed_at, replay_count, dropped_at`;

const CHOSEN = `dropped_at IS NULL
  AND ($1::uuid[] IS NULL OR id = ANY ($1))
  AND ($2::text IS NULL OR code = $2)
  AND ($3::timestamptz IS NULL OR failed_at >= $3)
  AND ($4::timestamptz IS NULL OR failed_at < $4)
  AND ($5::boolean OR replayed_at IS NULL)`;

function filterValues(filter: LetterFilter): unknown[] {
  return [
    filter.ids ?? null,
    filter.reason ?? null,
    filter.since ?? null,
    filter.until ?? null,
    filter.withReplayed ?? true,
  ];
}

export async function countByReason(pool: Pool, filter: LetterFilter): Promise<ReasonCount[]> {
  const { rows } = await pool.query<ReasonCount>(
    `SELECT code, service, count(*) AS letters, count(*) FILTER (WHERE replayed_at IS NULL) AS not_replayed,
       min(failed_at) AS first, max(failed_at) AS last
     FROM stream.dead_letters WHERE ${CHOSEN} GROUP BY code, service ORDER BY count(*) DESC, code, service`,
    filterValues(filter),
  );
  return rows;
}

/** The newest letters first. */
export async function newestLetters(pool: Pool, filter: LetterFilter, limit: number): Promise<StoredLetter[]> {
  const { rows } = await pool.query<StoredLetter>(
    `SELECT ${COLUMNS} FROM stream.dead_letters WHERE ${CHOSEN} ORDER BY failed_at DESC, id LIMIT $6`,
    [...filterValues(filter), limit],
  );
  return rows;
}

export interface LetterPosition {
  failedAt: Date;
  id: string;
}

/** Letters in the order they failed, after a position; pages by key, since a replay changes what the filter chooses. */
export async function lettersAfter(
  pool: Pool,
  filter: LetterFilter,
  page: { after: LetterPosition | null; limit: number },
): Promise<StoredLetter[]> {
  const { rows } = await pool.query<StoredLetter>(
    `SELECT ${COLUMNS} FROM stream.dead_letters
     WHERE ${CHOSEN} AND ($6::timestamptz IS NULL OR (date_trunc('milliseconds', failed_at), id) > ($6, $7::uuid))
     ORDER BY date_trunc('milliseconds', failed_at), id LIMIT $8`,
    [...filterValues(filter), page.after?.failedAt ?? null, page.after?.id ?? null, page.limit],
  );
  return rows;
}

export async function findLetter(pool: Pool, id: string): Promise<StoredLetter | undefined> {
  const { rows } = await pool.query<StoredLetter>(
    `SELECT ${COLUMNS} FROM stream.dead_letters WHERE id::text = lower($1)`,
    [id],
  );
  return rows[0];
}

export async function markReplayed(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE stream.dead_letters SET replayed_at = now(), replay_count = replay_count + 1 WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
}

/** Empties the payloads; the row stays, so that the loss can be accounted for. Gives how many were dropped. */
export async function dropLetters(pool: Pool, filter: LetterFilter): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE stream.dead_letters SET dropped_at = now(), payload = '', truncated = payload_bytes > 0 WHERE ${CHOSEN}`,
    filterValues(filter),
  );
  return rowCount ?? 0;
}
