import { err, ok, type Result } from '@ebb/core';
import { z } from 'zod';
import { readMessageBody } from './message-body.ts';
import { reject, type Rejection } from './rejection.ts';
import { isStorableText } from './text.ts';
import { rejectIssue } from './zod-rejection.ts';

/**
 * Version of the dead letter's wire form is not stamped: fields are only ever added, and all readers ignore unknown ones.
 *
 * `kind` says what the payload was meant to be, so that a replay after a fix knows its topic.
 */
export const DEAD_LETTER_KINDS = ['website', 'purchase', 'cdc', 'file'] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

/** Longer payloads are cut; a cut payload can be looked at, but not replayed. */
export const DEAD_LETTER_MAX_PAYLOAD_BYTES = 262_144;

const storable = (maxLength: number) => z.string().max(maxLength).refine(isStorableText, 'expected storable text');
const nullableText = (maxLength: number) => storable(maxLength).nullable().default(null);

export const deadLetterWireSchema = z.object({
  id: z.uuid(),
  service: storable(64).min(1),
  kind: z.enum(DEAD_LETTER_KINDS),
  /** Where the message stood, or was meant to go: partition and offset are null when it never reached a topic. */
  topic: nullableText(249),
  partition: z.int().min(0).nullable().default(null),
  offset: z
    .string()
    .regex(/^[0-9]{1,19}$/)
    .nullable()
    .default(null),
  code: storable(64).regex(/^[a-z][a-z0-9_]*$/),
  message: storable(1000),
  event_id: nullableText(64),
  source: nullableText(64),
  write_key_id: nullableText(64),
  is_replay: z.boolean().default(false),
  failed_at: z.iso.datetime(),
  payload_base64: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
  payload_bytes: z.int().min(0),
  truncated: z.boolean(),
});

/** A message that could not be counted, with everything needed to find out why and to send it again. */
export interface DeadLetter {
  readonly id: string;
  readonly service: string;
  readonly kind: DeadLetterKind;
  readonly topic: string | null;
  readonly partition: number | null;
  /** Text, since an offset may exceed a double. */
  readonly offset: string | null;
  readonly code: string;
  readonly message: string;
  readonly eventId: string | null;
  readonly source: string | null;
  readonly writeKeyId: string | null;
  /** The message carried the replay header; a replay of this letter must carry it too. */
  readonly isReplay: boolean;
  readonly failedAtMs: number;
  /** The first DEAD_LETTER_MAX_PAYLOAD_BYTES of the payload. */
  readonly payload: Buffer;
  /** Length of the whole payload. */
  readonly payloadBytes: number;
  readonly truncated: boolean;
}

type Defaulted = 'topic' | 'partition' | 'offset' | 'eventId' | 'source' | 'writeKeyId' | 'isReplay';

export type DeadLetterInput = Pick<DeadLetter, 'id' | 'service' | 'kind' | 'code' | 'message' | 'failedAtMs'> &
  Partial<Pick<DeadLetter, Defaulted>> & { readonly payload: Buffer | null };

/** Makes a dead letter of any payload: cuts it, and cleans the texts so that storing it cannot fail in turn. */
export function makeDeadLetter(input: DeadLetterInput): DeadLetter {
  const payload = input.payload ?? Buffer.alloc(0);
  return {
    id: input.id,
    service: input.service,
    kind: input.kind,
    topic: input.topic ?? null,
    partition: input.partition ?? null,
    offset: input.offset ?? null,
    code: input.code,
    message: cleanText(input.message, 1000),
    eventId: cleanOrNull(input.eventId),
    source: cleanOrNull(input.source),
    writeKeyId: cleanOrNull(input.writeKeyId),
    isReplay: input.isReplay ?? false,
    failedAtMs: input.failedAtMs,
    payload: payload.subarray(0, DEAD_LETTER_MAX_PAYLOAD_BYTES),
    payloadBytes: payload.length,
    truncated: payload.length > DEAD_LETTER_MAX_PAYLOAD_BYTES,
  };
}

export function encodeDeadLetter(letter: DeadLetter): string {
  return JSON.stringify({
    id: letter.id,
    service: letter.service,
    kind: letter.kind,
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    code: letter.code,
    message: letter.message,
    event_id: letter.eventId,
    source: letter.source,
    write_key_id: letter.writeKeyId,
    is_replay: letter.isReplay,
    failed_at: new Date(letter.failedAtMs).toISOString(),
    payload_base64: letter.payload.toString('base64'),
    payload_bytes: letter.payloadBytes,
    truncated: letter.truncated,
  });
}

/** Reads a message of the topic `dead_letters`. Total. */
export function parseDeadLetter(body: Buffer | null): Result<DeadLetter, Rejection> {
  const value = readMessageBody(body);
  if (!value.ok) return value;
  const parsed = deadLetterWireSchema.safeParse(value.value);
  if (!parsed.success) return rejectIssue(parsed.error, value.value);
  const wire = parsed.data;
  const payload = Buffer.from(wire.payload_base64, 'base64');
  if (payload.length > DEAD_LETTER_MAX_PAYLOAD_BYTES) {
    return reject('message_too_large', `payload of ${payload.length} bytes`, 'payload_base64');
  }
  if (wire.offset !== null && BigInt(wire.offset) > 9_223_372_036_854_775_807n) {
    return err({ code: 'invalid_field', message: `offset ${wire.offset} is no 64-bit number`, eventId: null });
  }
  return ok({
    id: wire.id,
    service: wire.service,
    kind: wire.kind,
    topic: wire.topic,
    partition: wire.partition,
    offset: wire.offset,
    code: wire.code,
    message: wire.message,
    eventId: wire.event_id,
    source: wire.source,
    writeKeyId: wire.write_key_id,
    isReplay: wire.is_replay,
    failedAtMs: Date.parse(wire.failed_at),
    payload,
    payloadBytes: wire.payload_bytes,
    truncated: wire.truncated,
  });
}

function cleanOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : cleanText(text, 64);
}

function cleanText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).toWellFormed().replaceAll('\0', '\uFFFD');
}
