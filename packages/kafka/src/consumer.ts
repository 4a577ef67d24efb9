import { EbbError, errorMessage } from '@ebb/core';
import type { Consumer as KafkaJsConsumer, EachBatchPayload } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import { type MessageChunk, toChunk } from './consumed-message.ts';
import type { KafkaErrorCode } from './errors.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  groupId: string;
  topics: string[];
  /** Most a fetch brings of one partition. */
  maxBytesPerPartition: number;
  /** Most a fetch brings in all. */
  maxBytes: number;
  /** How long the broker holds a fetch that has nothing to bring; also what a stop may take. */
  maxWaitMs: number;
  sessionTimeoutMs: number;
  /** Batches handled side by side: at least the number of partitions, or a slow one holds the others back. */
  concurrency: number;
}

export interface ChunkControl {
  /** Keeps the membership while a handler waits; raises when the group is rebalancing, and the handler must then end. */
  heartbeat(): Promise<void>;
  /** Whether the position was moved since the fetch: the chunk then counts for nothing. */
  isStale(): boolean;
}

export interface ConsumerHandlers {
  /** Called at every rebalance with all partitions this member now has. Fetching does not wait for it. */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /** The next fetch waits until every chunk of this one is handled; that is the back-pressure. */
  onChunk(chunk: MessageChunk, control: ChunkControl): Promise<void>;
}

export interface GroupConsumer {
  /** Consumes until `stop`; rejects CONSUMER_FAILED when the driver gives up. */
  run(handlers: ConsumerHandlers): Promise<void>;
  /** Where the next fetch of an assigned partition starts. */
  seek(target: TopicPartition, offset: number): void;
  /** Tells the broker how far we are, for tools that show lag. Nothing depends on it. */
  commit(positions: readonly (TopicPartition & { offset: number })[]): Promise<void>;
  /** Ends the handlers under way, leaves the group and disconnects. */
  stop(): Promise<void>;
}

/** A member of a consumer group whose positions are kept by its owner, not by the broker. */
export function createConsumer(kafka: KafkaHandle, options: ConsumerOptions): GroupConsumer {
  const consumer = kafka.consumer({
    groupId: options.groupId,
    maxBytesPerPartition: options.maxBytesPerPartition,
    maxBytes: options.maxBytes,
    minBytes: 1,
    maxWaitTimeInMs: options.maxWaitMs,
    sessionTimeout: options.sessionTimeoutMs,
    heartbeatInterval: Math.floor(options.sessionTimeoutMs / 10),
    retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: 20 },
  });
  return new KafkaGroupConsumer(consumer, options);
}

class KafkaGroupConsumer implements GroupConsumer {
  readonly #consumer: KafkaJsConsumer;
  readonly #options: ConsumerOptions;
  readonly #ended = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(consumer: KafkaJsConsumer, options: ConsumerOptions) {
    this.#consumer = consumer;
    this.#options = options;
  }

  async run(handlers: ConsumerHandlers): Promise<void> {
    const { CRASH, GROUP_JOIN } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error);
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      handlers.onAssigned(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => ({ topic, partition })),
        ),
      );
    });
    try {
      await this.#consumer.connect();
      // Without a broker-side position the log start is right: our own position is checked against it.
      await this.#consumer.subscribe({ topics: this.#options.topics, fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: true,
        partitionsConsumedConcurrently: this.#options.concurrency,
        eachBatch: (payload) => this.#handle(payload, handlers),
      });
    } catch (error) {
      this.#fail(error);
    }
    await this.#ended.promise;
  }

  async #handle(payload: EachBatchPayload, handlers: ConsumerHandlers): Promise<void> {
    if (!payload.isRunning() || payload.isStale()) return;
    await handlers.onChunk(toChunk(payload.batch), {
      heartbeat: () => payload.heartbeat(),
      isStale: () => payload.isStale() || !payload.isRunning(),
    });
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    if (!this.#isStopping) this.#consumer.seek({ topic, partition, offset: String(offset) });
  }

  async commit(positions: readonly (TopicPartition & { offset: number })[]): Promise<void> {
    if (this.#isStopping || positions.length === 0) return;
    await this.#consumer.commitOffsets(
      positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#consumer.disconnect();
    this.#ended.resolve();
  }

  #fail(error: unknown): void {
    this.#ended.reject(
      new EbbError<KafkaErrorCode>(
        'CONSUMER_FAILED',
        `consumer group ${this.#options.groupId}: ${errorMessage(error)}`,
        {
          cause: error,
        },
      ),
    );
  }
}
