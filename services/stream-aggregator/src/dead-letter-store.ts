import type { Client } from '@ebb/postgres';
import type { DeadLetterRow } from './types.ts';

const INSERT = {
  name: 'dead_letters_insert',
  text: `INSERT INTO stream.dead_letters (id, service, kind, topic, partition, "offset", code, message, event_id, source,
      write_key_id, is_replay, failed_at, payload, payload_bytes, truncated)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::timestamptz[], $14::bytea[], $15::integer[],
      $16::boolean[])
    ON CONFLICT DO NOTHING`,
};

/** Dead letters, ours and those other services sent, each once. */
export class DeadLetterStore {
  async insert(client: Client, letters: readonly DeadLetterRow[]): Promise<void> {
    if (letters.length === 0) return;
    const column = (of: (letter: DeadLetterRow) => unknown): unknown[] => letters.map(of);
    await client.query({
      ...INSERT,
      values: [
        column((letter) => letter.id),
        column((letter) => letter.service),
        column((letter) => letter.kind),
        column((letter) => letter.topic),
        column((letter) => letter.partition),
        column((letter) => letter.offset),
        column((letter) => letter.code),
        column((letter) => letter.message),
        column((letter) => letter.eventId),
        column((letter) => letter.source),
        column((letter) => letter.writeKeyId),
        column((letter) => letter.isReplay),
        column((letter) => new Date(letter.failedAtMs).toISOString()),
        column((letter) => letter.payload),
        column((letter) => letter.payloadBytes),
        column((letter) => letter.truncated),
      ],
    });
  }
}
