import {
  acceptPurchaseMessage,
  acceptWebMessage,
  HEADERS,
  type Policy,
  PolicyBook,
  purchaseMessageKey,
  REPLAY_HEADER_VALUE,
  TOPICS,
  webMessageKey,
} from '@ebb/contracts';
import { err, ok, type Result } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';
import type { StoredLetter } from './dead-letter-queries.ts';

export interface Replayable {
  readonly topic: string;
  readonly message: OutgoingMessage;
}

/** Topics by kind of payload, for letters that never stood in one. */
export interface ReplayTopics {
  readonly website: string;
  readonly purchase: string;
}

export const REPLAY_TOPICS: ReplayTopics = { website: TOPICS.websiteEvents, purchase: TOPICS.purchaseEvents };

/**
 * The message that sends a letter's payload again, byte for byte, or why it cannot be sent. It is judged by the policy
 * of today first: what would be rejected again stays where it is, instead of becoming one more letter.
 */
export function replayMessage(
  letter: StoredLetter,
  policy: Policy,
  options: { nowMs: number; topics: ReplayTopics },
): Result<Replayable, string> {
  if (letter.dropped_at !== null) return err('its payload was dropped');
  if (letter.truncated) return err(`only ${letter.payload.length} of ${letter.payload_bytes} bytes were kept`);
  if (letter.kind !== 'website' && letter.kind !== 'purchase') return err(`a ${letter.kind} is not an event`);
  const headers: Record<string, string> = {
    [HEADERS.policy]: String(policy.version),
    [HEADERS.producer]: 'dlq-replay',
    ...(letter.is_replay ? { [HEADERS.replay]: REPLAY_HEADER_VALUE } : {}),
  };
  const message = { value: letter.payload, timestampMs: options.nowMs, headers };
  const key = judge(letter.kind, message, new PolicyBook([policy]));
  if (!key.ok) return key;
  const topic = letter.topic ?? options.topics[letter.kind];
  return ok({ topic, message: { key: key.value, value: letter.payload, headers } });
}

/** The message key of an acceptable event: a letter of the collector has none, and a wrong key may have been the fault. */
function judge(
  kind: 'website' | 'purchase',
  message: Parameters<typeof acceptWebMessage>[0],
  book: PolicyBook,
): Result<string, string> {
  if (kind === 'website') {
    const answer = acceptWebMessage(message, book);
    return answer.kind === 'accepted' ? ok(webMessageKey(answer.event)) : err(describe(answer.rejection));
  }
  const answer = acceptPurchaseMessage(message, book);
  return answer.kind === 'accepted' ? ok(purchaseMessageKey(answer.event)) : err(describe(answer.rejection));
}

function describe({ code, message }: { code: string; message: string }): string {
  return `would be rejected again: ${code}: ${message}`;
}
