import { type ConsumedMessage, createConsumer, type GroupConsumer, type KafkaHandle } from '@ebb/kafka';
import { uniqueName } from '@ebb/testing';

export interface SeenMessage extends ConsumedMessage {
  topic: string;
  partition: number;
  /** Of the change; null for a tombstone. */
  op: string | null;
  after: Record<string, unknown> | null;
  epoch: string | undefined;
}

/** Collects every message of some topics, from the first one on. */
export class TopicWatch {
  readonly #consumer: GroupConsumer;
  #topics: readonly string[] = [];
  readonly #seen: SeenMessage[] = [];
  #running: Promise<void> | null = null;

  constructor(kafka: KafkaHandle) {
    this.#consumer = createConsumer(kafka, {
      groupId: uniqueName('watch'),
      topics: [],
      maxBytesPerPartition: 1024 ** 2,
      maxBytes: 8 * 1024 ** 2,
      maxWaitMs: 100,
      sessionTimeoutMs: 10_000,
      concurrency: 4,
      giveUpAfterMs: 600_000,
    });
  }

  /** The topic must exist. */
  watch(topic: string): void {
    this.#topics = [...this.#topics, topic];
    this.#consumer.subscribe(this.#topics);
    this.#running ??= this.#consumer.run({
      onAssigned: () => {},
      onChunk: (chunk) => {
        for (const message of chunk.messages) this.#take(chunk.topic, chunk.partition, message);
        return Promise.resolve();
      },
    });
  }

  /** Changes of one topic so far, tombstones left out. */
  changes(topic: string): SeenMessage[] {
    return this.#seen.filter((message) => message.topic === topic && message.op !== null);
  }

  async stop(): Promise<void> {
    await this.#consumer.stop();
    await this.#running;
  }

  #take(topic: string, partition: number, message: ConsumedMessage): void {
    const value =
      message.value === null ? null : (JSON.parse(message.value.toString('utf8')) as Record<string, unknown>);
    this.#seen.push({
      ...message,
      topic,
      partition,
      op: (value?.['op'] as string | undefined) ?? null,
      after: (value?.['after'] as Record<string, unknown> | null | undefined) ?? null,
      epoch: message.headers['ebb-epoch'],
    });
  }
}
