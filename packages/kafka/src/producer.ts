import { EbbError, errorMessage } from '@ebb/core';
import type { CompressionTypes as Compression, Producer as KafkaJsProducer } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import type { KafkaErrorCode } from './errors.ts';
import { CompressionTypes, KafkaJSError, Partitioners } from './kafkajs.ts';

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

export interface Producer {
  connect(): Promise<void>;
  /** Resolves when every message is acknowledged by all in-sync replicas (acks=all); else PRODUCE_FAILED, retryable. */
  send(topic: string, messages: OutgoingMessage[]): Promise<void>;
  /** As `send`, over several topics in one request per broker. */
  sendBatch(batches: { topic: string; messages: OutgoingMessage[] }[]): Promise<void>;
  disconnect(): Promise<void>;
}

const COMPRESSION = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, lz4: CompressionTypes.LZ4 };
const ACKS_ALL = -1;

export function createProducer(kafka: KafkaHandle, options: ProducerOptions = {}): Producer {
  const idempotent = options.idempotent ?? true;
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent,
    maxInFlightRequests: options.maxInFlight ?? (idempotent ? 1 : 5),
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: options.retries ?? 20 },
  });
  return new AcknowledgedProducer(producer, COMPRESSION[options.compression ?? 'none'], options.timeoutMs ?? 30_000);
}

class AcknowledgedProducer implements Producer {
  readonly #producer: KafkaJsProducer;
  readonly #compression: Compression;
  readonly #timeoutMs: number;

  constructor(producer: KafkaJsProducer, compression: Compression, timeoutMs: number) {
    this.#producer = producer;
    this.#compression = compression;
    this.#timeoutMs = timeoutMs;
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async send(topic: string, messages: OutgoingMessage[]): Promise<void> {
    await this.sendBatch([{ topic, messages }]);
  }

  async sendBatch(batches: { topic: string; messages: OutgoingMessage[] }[]): Promise<void> {
    try {
      await this.#producer.sendBatch({
        topicMessages: batches,
        acks: ACKS_ALL,
        timeout: this.#timeoutMs,
        compression: this.#compression,
      });
    } catch (error) {
      const topics = batches.map((batch) => batch.topic).join(', ');
      throw new EbbError<KafkaErrorCode>('PRODUCE_FAILED', `producing to ${topics}: ${errorMessage(error)}`, {
        cause: error,
        retryable: error instanceof KafkaJSError ? error.retriable : true,
      });
    }
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }
}
