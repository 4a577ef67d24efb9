import {
  acceptPurchaseMessage,
  acceptWebMessage,
  HEADERS,
  isReplay,
  makeDeadLetter,
  missingPolicyVersion,
  parseDeadLetter,
  type PolicyBook,
  purchaseEventDigest,
  type Rejection,
  webEventDigest,
} from '@ebb/contracts';
import { uuidV5 } from '@ebb/core';
import type { ConsumedMessage } from '@ebb/kafka';
import { ReceiptTallies } from './receipt-tallies.ts';
import type { DeadLetterRow, PartitionId, PurchaseRow, TopicKind, WebRow } from './types.ts';

export const SERVICE_NAME = 'stream-aggregator';

/** Namespace of the ids of our own dead letters: the same message gives the same id, however often it is read. */
const DEAD_LETTER_NAMESPACE = '6f1d1c4e-6f0b-5d0c-9a53-0f0d6f7c2b11';

/** Turns messages into rows. Pure apart from collecting them, total: every message ends up in exactly one list. */
export class BatchDecoder {
  readonly web: WebRow[] = [];
  readonly purchases: PurchaseRow[] = [];
  readonly deadLetters: DeadLetterRow[] = [];
  readonly receipts = new ReceiptTallies();
  /** A message named a policy version the book does not hold: it must be decided again with a newer book. */
  needsNewerPolicies = false;
  readonly #book: PolicyBook;
  readonly #nowMs: number;

  constructor(book: PolicyBook, nowMs: number) {
    this.#book = book;
    this.#nowMs = nowMs;
  }

  /** Events accepted so far. */
  get accepted(): number {
    return this.web.length + this.purchases.length;
  }

  /** Returns the accepted event's time, never beyond the Kafka time; null for anything else. */
  add(kind: TopicKind, id: PartitionId, message: ConsumedMessage): number | null {
    if (kind === 'website') return this.#addWeb(id, message);
    if (kind === 'purchase') return this.#addPurchase(id, message);
    this.#addDeadLetter(id, message);
    return null;
  }

  #addWeb(id: PartitionId, message: ConsumedMessage): number | null {
    const acceptance = acceptWebMessage(message, this.#book);
    if (acceptance.kind === 'dead') return this.#reject('website', id, message, acceptance.rejection);
    const { event } = acceptance;
    const { offset, timestampMs } = message;
    const digest = webEventDigest(event);
    this.receipts.add(id.topic, message, digest);
    this.web.push({ event, digest, partition: id.partition, offset, kafkaTimeMs: timestampMs });
    return Math.min(event.eventTimeMs, timestampMs);
  }

  #addPurchase(id: PartitionId, message: ConsumedMessage): number | null {
    const acceptance = acceptPurchaseMessage(message, this.#book);
    if (acceptance.kind === 'dead') return this.#reject('purchase', id, message, acceptance.rejection);
    const { event } = acceptance;
    const { offset, timestampMs } = message;
    this.receipts.add(id.topic, message, purchaseEventDigest(event));
    this.purchases.push({ event, partition: id.partition, offset, kafkaTimeMs: timestampMs });
    // Windows of orders are windows of the purchase time, but what an order's stream is at is told by its states.
    return Math.min(event.statusTimeMs, timestampMs);
  }

  #addDeadLetter(id: PartitionId, message: ConsumedMessage): void {
    const letter = parseDeadLetter(message.value);
    if (letter.ok) this.deadLetters.push(letter.value);
    else this.#reject('dead_letter', id, message, letter.error);
  }

  #reject(kind: DeadLetterRow['kind'], id: PartitionId, message: ConsumedMessage, rejection: Rejection): null {
    if (rejection.code === 'unknown_policy' && missingPolicyVersion(message.headers, this.#book) !== null) {
      this.needsNewerPolicies = true;
    }
    this.receipts.add(id.topic, message, null);
    this.deadLetters.push(deadLetterOf(kind, id, message, { ...rejection, failedAtMs: this.#nowMs }));
    return null;
  }
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly eventId: string | null;
  readonly failedAtMs: number;
}

export function deadLetterOf(
  kind: DeadLetterRow['kind'],
  id: PartitionId,
  message: ConsumedMessage,
  failure: Failure,
): DeadLetterRow {
  const letter = makeDeadLetter({
    id: uuidV5(DEAD_LETTER_NAMESPACE, `${id.topic}|${id.partition}|${message.offset}`),
    service: SERVICE_NAME,
    kind: 'website',
    topic: id.topic,
    partition: id.partition,
    offset: String(message.offset),
    code: failure.code,
    message: failure.message,
    eventId: failure.eventId,
    writeKeyId: message.headers[HEADERS.writeKey] ?? null,
    isReplay: isReplay(message.headers),
    failedAtMs: failure.failedAtMs,
    payload: message.value,
  });
  return { ...letter, kind };
}
