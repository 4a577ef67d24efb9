import { randomUUID } from 'node:crypto';
import { type ConsumedMessage, createConsumer, type GroupConsumer, topicOffsets } from '@ebb/kafka';
import { z } from 'zod';
import type { Stores } from './engines.ts';

const beat = z.object({ source: z.object({ lsn: z.number() }) });

/**
 * Follows the connector's heartbeats: a row of Postgres that is updated every second or two and captured like any other.
 * The connector hands changes over in the order of their commits, so one that has come out says that everything
 * committed before it has been sent.
 */
export class HeartbeatWatch {
  readonly #stores: Stores;
  readonly #topic: string;
  #consumer: GroupConsumer | undefined;
  #failure: Error | null = null;
  #lsn = 0n;
  #beats = 0;

  constructor(stores: Stores, topic: string) {
    this.#stores = stores;
    this.#topic = topic;
  }

  /** Position of the newest heartbeat that came out, and how many were seen. */
  get seen(): { lsn: bigint; beats: number } {
    return { lsn: this.#lsn, beats: this.#beats };
  }

  /** Begins to follow; again after it failed. Does nothing while it follows, or while there is no topic. */
  async start(): Promise<void> {
    if (this.#consumer !== undefined && this.#failure === null) return;
    await this.stop();
    const ends = await topicOffsets(this.#stores.kafka, this.#topic);
    if (ends.length === 0) return;
    const consumer = createConsumer(this.#stores.kafka, {
      groupId: `ebb-ledger-${randomUUID()}`,
      topics: [this.#topic],
      maxBytesPerPartition: 262_144,
      maxBytes: 262_144,
      maxWaitMs: 2_000,
      sessionTimeoutMs: 30_000,
      concurrency: 1,
      giveUpAfterMs: 60_000,
    });
    this.#consumer = consumer;
    this.#failure = null;
    const onAssigned = (): void => {
      for (const { partition, high } of ends)
        consumer.seek({ topic: this.#topic, partition }, Math.max(0, Number(high) - 1));
    };
    const onChunk = ({ messages }: { messages: readonly ConsumedMessage[] }): Promise<void> => {
      for (const message of messages) this.#note(message);
      return Promise.resolve();
    };
    consumer.run({ onAssigned, onChunk }).catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  async stop(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.stop();
  }

  #note({ value }: ConsumedMessage): void {
    if (value === null) return;
    const parsed = beat.safeParse(JSON.parse(value.toString()));
    if (!parsed.success) return;
    const lsn = BigInt(parsed.data.source.lsn);
    // Repeated after a restart of the connector: older than what was seen.
    if (lsn <= this.#lsn) return;
    this.#lsn = lsn;
    this.#beats += 1;
  }
}
