import type { Admin } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import type { PartitionOffsets } from './topics.ts';

/** Asks for the bounds of partitions' logs again and again over one connection; `topicOffsets` is for asking once. */
export class LogBounds {
  readonly #kafka: KafkaHandle;
  #admin: Promise<Admin> | undefined;

  constructor(kafka: KafkaHandle) {
    this.#kafka = kafka;
  }

  /** Bounds of every partition of the topic. */
  async read(topic: string): Promise<PartitionOffsets[]> {
    const rows = await this.#ask((admin) => admin.fetchTopicOffsets(topic));
    return rows.map((row) => ({ partition: row.partition, low: BigInt(row.low), high: BigInt(row.high) }));
  }

  /** Names of all topics there are. */
  topics(): Promise<string[]> {
    return this.#ask((admin) => admin.listTopics());
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await question(await (this.#admin ??= this.#connect()));
    } catch (error) {
      // The connection may be what is broken.
      await this.close();
      throw error;
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin();
    await admin.connect();
    return admin;
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then((connected) => connected.disconnect()).catch(() => {});
  }
}
