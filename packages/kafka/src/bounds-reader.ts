import { EbbError } from '@ebb/core';
import type { TopicPartition } from './consumer.ts';
import type { KafkaErrorCode } from './errors.ts';
import type { PartitionOffsets } from './topics.ts';

/** What a partition's log holds: offsets from `low`, the next message gets `high`. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export type ReadBounds = (topic: string) => Promise<PartitionOffsets[]>;

/** Bounds of single partitions; questions about the same topic that meet are asked once. */
export class BoundsReader {
  readonly #read: ReadBounds;
  readonly #underWay = new Map<string, Promise<Map<number, Bounds>>>();

  constructor(read: ReadBounds) {
    this.#read = read;
  }

  async of({ topic, partition }: TopicPartition): Promise<Bounds> {
    const bounds = (await this.topic(topic)).get(partition);
    if (bounds !== undefined) return bounds;
    throw new EbbError<KafkaErrorCode>('PARTITION_UNKNOWN', `the broker does not know ${topic}/${partition}`);
  }

  topic(topic: string): Promise<Map<number, Bounds>> {
    const known = this.#underWay.get(topic);
    if (known !== undefined) return known;
    const asked = this.#ask(topic).finally(() => this.#underWay.delete(topic));
    this.#underWay.set(topic, asked);
    return asked;
  }

  async #ask(topic: string): Promise<Map<number, Bounds>> {
    const rows = await this.#read(topic);
    return new Map(rows.map((row) => [row.partition, { low: Number(row.low), high: Number(row.high) }]));
  }
}
