import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  type DeadLetterKind,
  encodeDeadLetter,
  encodeReceiptBucket,
  HEADERS,
  makeDeadLetter,
  type ReceiptBucket,
} from '@ebb/contracts';
import type { Clock } from '@ebb/core';
import type { BatchingProducer, TopicMessage } from './batching-producer.ts';
import { bodyEncoding, bodyFormat, parseBody } from './body-parser.ts';
import { type BodyLimits, readBody } from './body-reader.ts';
import { Refusal } from './errors.ts';
import type { InFlightBudget, Reservation } from './in-flight-budget.ts';
import { type Intake, type IntakeContext, type RejectedEvent, takeEvents } from './intake.ts';
import type { KafkaHealth } from './kafka-health.ts';
import type { CollectorMetrics } from './metrics.ts';
import type { MinuteQuota } from './minute-quota.ts';
import type { ReceiptLedger } from './receipt-ledger.ts';
import type { IntakeSettings } from './settings-store.ts';
import type { TokenBuckets } from './token-bucket.ts';
import { withTimeout } from './with-timeout.ts';
import type { WriteKey } from './write-keys.ts';

export interface TopicNames {
  websiteEvents: string;
  purchaseEvents: string;
  deadLetters: string;
  collectorReceipts: string;
}

export type EventKind = Extract<DeadLetterKind, 'website' | 'purchase'>;

export interface EventRequest {
  kind: EventKind;
  body: Readable;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  contentLength: number | null;
  idempotencyKey: string | null;
  key: WriteKey;
  settings: IntakeSettings;
}

/** The answer of an accepted request, as in the API. */
export interface EventAnswer {
  accepted: number;
  rejected: { index: number; event_id: string | null; code: string; message: string }[];
}

export interface EventEndpointDeps {
  topics: TopicNames;
  limits: BodyLimits & { maxEvents: number; produceTimeoutMs: number };
  budget: InFlightBudget;
  buckets: TokenBuckets;
  deadLetterQuota: MinuteQuota;
  producer: BatchingProducer;
  health: KafkaHealth;
  receipts: ReceiptLedger;
  metrics: CollectorMetrics;
  clock: Clock;
}

const KAFKA_RETRY_AFTER_MS = 2_000;
/** Key, headers and framing of a message beside its value. */
const MESSAGE_OVERHEAD_BYTES = 160;
/** Their topic takes record batches of half the size, so that they weigh double. */
const DEAD_LETTER_WEIGHT = 2;
const SERVICE = 'collector';
const MAX_IDEMPOTENCY_KEY = 256;

/**
 * One request from body to answer. It is answered only after Kafka acknowledged every event and dead letter of it; if
 * any part fails, all of it is refused with 503 and can be sent again, since the ids make repeats harmless.
 */
export class EventEndpoint {
  readonly #deps: EventEndpointDeps;

  constructor(deps: EventEndpointDeps) {
    this.#deps = deps;
  }

  async handle(request: EventRequest): Promise<EventAnswer> {
    const { budget, health } = this.#deps;
    checkHeaders(request, this.#deps.limits.maxBytes);
    if (!health.healthy) throw kafkaAway();
    const reservation = budget.admit();
    let holdsMemory = false;
    try {
      const values = await this.#readValues(request, reservation);
      this.#takeTokens(request.key, values.length);
      const context = this.#contextOf(request);
      const intake = takeEvents(values, context);
      const producing = this.#deps.producer.send(this.#messagesOf(intake, request, context));
      holdsMemory = true;
      const release = (): void => reservation.release();
      producing.then(release, release);
      await this.#acknowledged(producing, request.key, values.length);
      return this.#answer(intake, request, this.#deps.receipts.bucketAt(context.nowMs));
    } finally {
      if (!holdsMemory) reservation.release();
    }
  }

  async #readValues(request: EventRequest, reservation: Reservation): Promise<unknown[]> {
    const { limits } = this.#deps;
    const format = bodyFormat(request.contentType);
    const encoding = bodyEncoding(request.contentEncoding);
    const body = await readBody(request.body, encoding, limits, (bytes) => reservation.add(bytes));
    return parseBody(body, format, limits.maxEvents);
  }

  #takeTokens(key: WriteKey, count: number): void {
    const taken = this.#deps.buckets.take(key.id, count, key.limit);
    if (taken.allowed) return;
    const rate = `${key.limit.ratePerSecond} events/s, burst ${key.limit.burst}`;
    throw new Refusal('rate_limited', `the key's rate is used up (${rate})`, { retryAfterMs: taken.retryAfterMs });
  }

  #contextOf(request: EventRequest): IntakeContext {
    const nowMs = this.#deps.clock.nowMs();
    return {
      kind: request.kind,
      policy: request.settings.policies.effectiveAt(nowMs),
      nowMs,
      writeKeyId: request.key.id,
      defaultSource: request.key.source,
      idempotencyKey: request.idempotencyKey,
    };
  }

  #topicOf(kind: EventKind): string {
    return kind === 'website' ? this.#deps.topics.websiteEvents : this.#deps.topics.purchaseEvents;
  }

  #messagesOf(intake: Intake, request: EventRequest, context: IntakeContext): TopicMessage[] {
    const topic = this.#topicOf(request.kind);
    // Headers are decoded with each message by every consumer, so there are no more than these.
    const headers = {
      [HEADERS.policy]: String(context.policy.version),
      [HEADERS.writeKey]: request.key.id,
      [HEADERS.receipt]: encodeReceiptBucket(this.#deps.receipts.bucketAt(context.nowMs)),
    };
    const messages: TopicMessage[] = intake.events.map(({ messageKey, body }) => ({
      topic,
      key: messageKey,
      value: body,
      headers,
      weight: Buffer.byteLength(body) + MESSAGE_OVERHEAD_BYTES,
    }));
    for (const rejected of intake.rejected) {
      if (this.#deps.deadLetterQuota.take(request.key.id)) messages.push(this.#deadLetterOf(rejected, topic, context));
      else this.#deps.metrics.deadLettersSuppressed.inc({ key: request.key.name });
    }
    return messages;
  }

  #deadLetterOf(rejected: RejectedEvent, topic: string, context: IntakeContext): TopicMessage {
    const id = randomUUID();
    const letter = makeDeadLetter({
      id,
      service: SERVICE,
      kind: context.kind,
      topic,
      code: rejected.rejection.code,
      message: rejected.rejection.message,
      eventId: rejected.rejection.eventId,
      source: rejected.source,
      writeKeyId: context.writeKeyId,
      failedAtMs: context.nowMs,
      payload: rejected.payload === null ? null : Buffer.from(rejected.payload),
    });
    const value = encodeDeadLetter(letter);
    const weight = (Buffer.byteLength(value) + MESSAGE_OVERHEAD_BYTES) * DEAD_LETTER_WEIGHT;
    return { topic: this.#deps.topics.deadLetters, key: id, value, weight };
  }

  async #acknowledged(producing: Promise<void>, key: WriteKey, count: number): Promise<void> {
    try {
      await withTimeout(producing, this.#deps.limits.produceTimeoutMs, () => kafkaAway());
    } catch (error) {
      this.#deps.buckets.refund(key.id, count, key.limit);
      throw error instanceof Refusal ? error : kafkaAway(error);
    }
  }

  #answer(intake: Intake, request: EventRequest, bucket: ReceiptBucket): EventAnswer {
    const { receipts, metrics } = this.#deps;
    const topic = this.#topicOf(request.kind);
    const digests = intake.events.map((event) => event.digest);
    receipts.add(request.key.id, topic, digests, bucket);
    metrics.events.inc({ topic, key: request.key.name }, intake.events.length);
    const rejected = intake.rejected.map(({ index, rejection }) => {
      metrics.rejections.inc({ topic, code: rejection.code, key: request.key.name });
      return { index, event_id: rejection.eventId, code: rejection.code, message: rejection.message };
    });
    return { accepted: intake.events.length, rejected };
  }
}

/** What can be refused before a byte of the body is read. */
function checkHeaders(request: EventRequest, maxBytes: number): void {
  bodyFormat(request.contentType);
  bodyEncoding(request.contentEncoding);
  if (request.contentLength !== null && request.contentLength > maxBytes) {
    throw new Refusal('body_too_large', `the body is larger than ${maxBytes} bytes; send smaller batches`);
  }
  if (request.idempotencyKey !== null && request.idempotencyKey.length > MAX_IDEMPOTENCY_KEY) {
    throw new Refusal('invalid_request', `the Idempotency-Key is longer than ${MAX_IDEMPOTENCY_KEY} characters`);
  }
}

function kafkaAway(cause?: unknown): Refusal {
  const message = 'events cannot be stored at the moment; nothing of this request was accepted, send it again';
  return new Refusal('unavailable', message, { retryAfterMs: KAFKA_RETRY_AFTER_MS, cause });
}
