import { EbbError, errorMessage } from '@ebb/core';
import type { CompressionTypes as Compression, Producer as KafkaJsProducer } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import type { KafkaErrorCode } from './errors.ts';
import { CompressionTypes, KafkaJSError } from './kafkajs.ts';
import { keyPartitioner } from './partitioner.ts';

export interface OutgoingMessage {
  key: string | Buffer | null;
  value: Buffer | string | null;
  headers?: Record<string, string>;
  /** Chosen by the key (murmur2, as Java clients do) unless given. */
  partition?: number;
}

export interface ProducerOptions {
  /** Broker-side removal of the client's own repeats; costs nothing measurable and is on unless switched off. */
  idempotent?: boolean;
  /** Requests per broker connection at once; an idempotent producer keeps order only with 1. */
  maxInFlight?: number;
  compression?: 'none' | 'gzip' | 'lz4';
  /** How long one send may take in all, retries included, ms. */
  timeoutMs?: number;
  /** Retries of one send inside the client, 5 ms doubling to 1 s. */
  retries?: number;
}

export interface TopicBatch {
  topic: string;
  messages: OutgoingMessage[];
}

export interface Producer {
  connect(): Promise<void>;
  /** Resolves when every message is acknowledged by all in-sync replicas (acks=all); else PRODUCE_FAILED, retryable. */
  send(topic: string, messages: OutgoingMessage[]): Promise<void>;
  /** As `send`, over several topics; one request per broker for each 4 MB, in order. */
  sendBatch(batches: TopicBatch[]): Promise<void>;
  disconnect(): Promise<void>;
}

/** Of one request: well below the 8 MiB a topic takes as one record batch, so that no caller has to count bytes. */
const MAX_REQUEST_BYTES = 4_194_304;
const MESSAGE_OVERHEAD_BYTES = 128;

const COMPRESSION = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, lz4: CompressionTypes.LZ4 };
const ACKS_ALL = -1;

export function createProducer(kafka: KafkaHandle, options: ProducerOptions = {}): Producer {
  const idempotent = options.idempotent ?? true;
  const create = (): KafkaJsProducer =>
    kafka.producer({
      createPartitioner: keyPartitioner,
      idempotent,
      maxInFlightRequests: options.maxInFlight ?? (idempotent ? 1 : 5),
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: options.retries ?? 20 },
    });
  const settings = { acks: ACKS_ALL, timeout: options.timeoutMs ?? 30_000 };
  return new AcknowledgedProducer(create, idempotent, {
    ...settings,
    compression: COMPRESSION[options.compression ?? 'none'],
  });
}

interface SendSettings {
  acks: number;
  timeout: number;
  compression: Compression;
}

class AcknowledgedProducer implements Producer {
  readonly #create: () => KafkaJsProducer;
  readonly #idempotent: boolean;
  readonly #settings: SendSettings;
  #producer: KafkaJsProducer;
  /** Set after a send that failed for good: who sends next waits for a new producer; see `#renew`. */
  #isSpent = false;
  #renewal: Promise<void> | null = null;

  constructor(create: () => KafkaJsProducer, idempotent: boolean, settings: SendSettings) {
    this.#create = create;
    this.#idempotent = idempotent;
    this.#settings = settings;
    this.#producer = create();
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async send(topic: string, messages: OutgoingMessage[]): Promise<void> {
    await this.sendBatch([{ topic, messages }]);
  }

  async sendBatch(batches: TopicBatch[]): Promise<void> {
    try {
      if (this.#isSpent) await (this.#renewal ??= this.#renew().finally(() => (this.#renewal = null)));
      for (const topicMessages of splitByBytes(batches)) {
        await this.#producer.sendBatch({ topicMessages, ...this.#settings });
      }
    } catch (error) {
      this.#isSpent = this.#idempotent;
      const topics = batches.map((batch) => batch.topic).join(', ');
      throw new EbbError<KafkaErrorCode>('PRODUCE_FAILED', `producing to ${topics}: ${errorMessage(error)}`, {
        cause: error,
        retryable: error instanceof KafkaJSError ? error.retriable : true,
      });
    }
  }

  /**
   * A new producer id. After a send that failed for good the driver takes its sequence numbers back and gives them out
   * again; a broker that had stored the failed batch would then take the next one for its repeat, acknowledge it and
   * store nothing.
   */
  async #renew(): Promise<void> {
    const next = this.#create();
    await next.connect();
    const spent = this.#producer;
    this.#producer = next;
    this.#isSpent = false;
    await spent.disconnect();
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }
}

/** Cuts batches into requests of at most MAX_REQUEST_BYTES, in order; a longer message goes alone. */
function splitByBytes(batches: TopicBatch[]): TopicBatch[][] {
  const requests: TopicBatch[][] = [];
  let request: TopicBatch[] = [];
  let bytes = 0;
  for (const { topic, messages } of batches) {
    let part: OutgoingMessage[] = [];
    for (const message of messages) {
      const size = messageBytes(message);
      if (bytes > 0 && bytes + size > MAX_REQUEST_BYTES) {
        if (part.length > 0) request.push({ topic, messages: part });
        requests.push(request);
        [request, part, bytes] = [[], [], 0];
      }
      part.push(message);
      bytes += size;
    }
    if (part.length > 0) request.push({ topic, messages: part });
  }
  if (request.length > 0) requests.push(request);
  return requests;
}

function messageBytes(message: OutgoingMessage): number {
  // A string's length is the cheap lower bound of its UTF-8 bytes; the limit leaves room for what it misses.
  return (message.value?.length ?? 0) + (message.key?.length ?? 0) + MESSAGE_OVERHEAD_BYTES;
}
