import { assert, EbbError, errorMessage, must, retry, type RetryPolicy, toError } from '@ebb/core';
import { createProducer, type KafkaHandle, type Producer } from '@ebb/kafka';
import type { SimulatorErrorCode } from '../errors.ts';
import type { Batch, Delivery, OnRetry } from './delivery.ts';

/** Five connection attempts, 1 s doubling between them. */
const CONNECT_POLICY: RetryPolicy = { attempts: 5, initialDelayMs: 1_000, maxDelayMs: 16_000 };
/** Retries inside one call of the client, before the connection is made anew. */
export const CLIENT_RETRIES = 3;
const REDELIVERY_POLICY: RetryPolicy = { attempts: 200, initialDelayMs: 200, maxDelayMs: 2_000 };

export interface KafkaDeliveryOptions {
  onRetry?: OnRetry;
  connectPolicy?: RetryPolicy;
  redeliveryPolicy?: RetryPolicy;
}

/**
 * Idempotent producer with acks=all, one batch at a time.
 *
 * After a send that failed it is unknown what the broker stored. The client would give the next batch the sequence
 * numbers of the failed one, and a broker that did store it would take the next batch for a repeat and drop it. So a
 * failed batch is sent again, whole, by a new producer: at worst stored twice, which event ids make harmless.
 */
export class KafkaDelivery implements Delivery {
  readonly #kafka: KafkaHandle;
  readonly #options: KafkaDeliveryOptions;
  #producer: Producer | null = null;
  #busy = false;

  constructor(kafka: KafkaHandle, options: KafkaDeliveryOptions = {}) {
    this.#kafka = kafka;
    this.#options = options;
  }

  async connect(): Promise<void> {
    await this.#retrying(
      () => this.#connectOnce(),
      this.#options.connectPolicy ?? CONNECT_POLICY,
      'connecting to Kafka',
    );
  }

  async deliver(batches: Batch[], signal?: AbortSignal): Promise<void> {
    assert(!this.#busy, 'one batch at a time');
    this.#busy = true;
    try {
      const policy = this.#options.redeliveryPolicy ?? REDELIVERY_POLICY;
      await this.#retrying(() => this.#sendOnce(batches), policy, 'delivering to Kafka', signal);
    } finally {
      this.#busy = false;
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    await producer?.disconnect();
  }

  async #connectOnce(): Promise<void> {
    const producer = createProducer(this.#kafka, { idempotent: true, retries: CLIENT_RETRIES, compression: 'lz4' });
    await producer.connect();
    this.#producer = producer;
  }

  async #sendOnce(batches: Batch[]): Promise<void> {
    if (this.#producer === null) await this.#connectOnce();
    const producer = must(this.#producer, 'connected');
    try {
      await producer.sendBatch(batches);
    } catch (error) {
      this.#producer = null;
      // The connection is in doubt; how it ends does not matter any more.
      await producer.disconnect().catch(() => {});
      throw error;
    }
  }

  async #retrying(work: () => Promise<void>, policy: RetryPolicy, doing: string, signal?: AbortSignal): Promise<void> {
    try {
      await retry(work, policy, {
        onRetry: (error, attempt, delayMs) => this.#options.onRetry?.(attempt, delayMs, errorMessage(error)),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (signal?.aborted) throw toError(error);
      throw new EbbError<SimulatorErrorCode>('DELIVERY_FAILED', `${doing}: ${errorMessage(error)}`, { cause: error });
    }
  }
}
