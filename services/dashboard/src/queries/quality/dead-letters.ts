import type { DeadLetter, DeadLetters } from '../../api/quality-schema.ts';
import { type Queryable, toCount, toIso } from '../rows.ts';

interface ReasonRow {
  code: string;
  service: string;
  letters: string;
  not_replayed: string;
}

interface LetterRow {
  id: string;
  code: string;
  service: string;
  kind: string;
  message: string;
  topic: string | null;
  partition: number | null;
  offset: string | null;
  source: string | null;
  event_id: string | null;
  failed_at: Date;
  payload_bytes: number;
  replayed_at: Date | null;
}

/** Messages that could not be taken: by reason, and the newest. Their contents stay where they are. */
export async function readDeadLetters(db: Queryable, limit: number): Promise<Omit<DeadLetters, 'serverTime'>> {
  const reasons = await db.query<ReasonRow>(
    `SELECT code, service, count(*) AS letters, count(*) FILTER (WHERE replayed_at IS NULL) AS not_replayed
     FROM stream.dead_letters WHERE dropped_at IS NULL
     GROUP BY code, service ORDER BY count(*) DESC, code, service`,
  );
  return {
    reasons: reasons.rows.map((row) => ({
      code: row.code,
      service: row.service,
      letters: toCount(row.letters),
      notReplayed: toCount(row.not_replayed),
    })),
    letters: await readNewestLetters(db, limit),
  };
}

const COLUMNS = `id, code, service, kind, message, topic, partition, "offset", source, event_id, failed_at, payload_bytes,
  replayed_at`;

/** The newest that were not dropped. */
export async function readNewestLetters(db: Queryable, limit: number): Promise<DeadLetter[]> {
  const { rows } = await db.query<LetterRow>(
    `SELECT ${COLUMNS} FROM stream.dead_letters WHERE dropped_at IS NULL ORDER BY failed_at DESC, id LIMIT $1`,
    [limit],
  );
  return rows.map(letterOf);
}

/** Those whose event has this id, dropped ones as well, the newest first. */
export async function readLettersOf(db: Queryable, eventId: string, limit: number): Promise<DeadLetter[]> {
  const { rows } = await db.query<LetterRow>(
    `SELECT ${COLUMNS} FROM stream.dead_letters WHERE event_id = $1 ORDER BY failed_at DESC, id LIMIT $2`,
    [eventId, limit],
  );
  return rows.map(letterOf);
}

function letterOf(row: LetterRow): DeadLetter {
  return {
    id: row.id,
    code: row.code,
    service: row.service,
    kind: row.kind,
    message: row.message,
    position: positionOf(row),
    source: row.source,
    eventId: row.event_id,
    failedAt: row.failed_at.toISOString(),
    bytes: row.payload_bytes,
    replayedAt: toIso(row.replayed_at),
  };
}

function positionOf({ topic, partition, offset }: LetterRow): DeadLetter['position'] {
  if (topic === null || partition === null || offset === null) return null;
  return { topic, partition, offset: toCount(offset) };
}
