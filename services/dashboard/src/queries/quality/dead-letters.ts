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
  const newest = await db.query<LetterRow>(
    `SELECT id, code, service, kind, message, failed_at, payload_bytes, replayed_at
     FROM stream.dead_letters WHERE dropped_at IS NULL ORDER BY failed_at DESC, id LIMIT $1`,
    [limit],
  );
  return {
    reasons: reasons.rows.map((row) => ({
      code: row.code,
      service: row.service,
      letters: toCount(row.letters),
      notReplayed: toCount(row.not_replayed),
    })),
    letters: newest.rows.map(letterOf),
  };
}

function letterOf(row: LetterRow): DeadLetter {
  return {
    id: row.id,
    code: row.code,
    service: row.service,
    kind: row.kind,
    message: row.message,
    failedAt: row.failed_at.toISOString(),
    bytes: row.payload_bytes,
    replayedAt: toIso(row.replayed_at),
  };
}
