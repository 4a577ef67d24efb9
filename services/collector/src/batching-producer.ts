import { toError } from '@ebb/core';
import type { OutgoingMessage, Producer } from '@ebb/kafka';

export interface TopicMessage extends OutgoingMessage {
  topic: string;
  /** What the message weighs against `maxBatchBytes`. */
  weight: number;
}

export interface BatchingOptions {
  /** One produce holds at most this much, so that its record batches stay below what a topic takes. */
  maxBatchBytes: number;
  /** Produces under way at once. */
  maxInFlight: number;
  /** How long the first message of a batch waits for company while nothing is under way. */
  lingerMs: number;
  nowMs: () => number;
  onProduced: (outcome: { messages: number; durationMs: number; error: unknown }) => void;
}

interface Part {
  messages: TopicMessage[];
  weight: number;
  settle: (error: unknown) => void;
}

/**
 * Requests that arrive together share one produce. Each `send` resolves when all its messages are acknowledged and
 * rejects when any part of them is not; it says nothing of the neighbours in the same batch.
 */
export class BatchingProducer {
  readonly #producer: Producer;
  readonly #options: BatchingOptions;
  readonly #startedAt = new Set<{ ms: number }>();
  #queue: Part[] = [];
  #scheduled = false;

  constructor(producer: Producer, options: BatchingOptions) {
    this.#producer = producer;
    this.#options = options;
  }

  /** Age of the oldest produce that is not settled, ms; 0 when there is none. */
  oldestInFlightMs(): number {
    let oldest = 0;
    for (const start of this.#startedAt) oldest = Math.max(oldest, this.#options.nowMs() - start.ms);
    return oldest;
  }

  async send(messages: readonly TopicMessage[]): Promise<void> {
    const outcomes = splitByWeight(messages, this.#options.maxBatchBytes).map(
      ({ messages, weight }) =>
        new Promise<void>((resolve, reject) => {
          const settle = (error: unknown): void => {
            if (error === undefined) resolve();
            else reject(toError(error));
          };
          this.#queue.push({ messages, weight, settle });
        }),
    );
    this.#schedule();
    // Not Promise.all: the memory of the messages is in use until the last part is settled.
    const settled = await Promise.allSettled(outcomes);
    const failed = settled.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0 || this.#startedAt.size >= this.#options.maxInFlight) return;
    this.#scheduled = true;
    const dispatch = (): void => {
      this.#scheduled = false;
      this.#dispatch();
    };
    if (this.#options.lingerMs > 0) setTimeout(dispatch, this.#options.lingerMs);
    else setImmediate(dispatch);
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#startedAt.size < this.#options.maxInFlight) {
      void this.#produce(this.#takeBatch());
    }
  }

  #takeBatch(): Part[] {
    let weight = 0;
    let count = 0;
    for (const part of this.#queue) {
      weight += part.weight;
      if (count > 0 && weight > this.#options.maxBatchBytes) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #produce(parts: Part[]): Promise<void> {
    const start = { ms: this.#options.nowMs() };
    this.#startedAt.add(start);
    let error: unknown;
    try {
      await this.#producer.sendBatch(groupByTopic(parts));
    } catch (caught) {
      error = caught ?? new Error('the producer rejected without a reason');
    }
    this.#startedAt.delete(start);
    const messages = parts.reduce((sum, part) => sum + part.messages.length, 0);
    this.#options.onProduced({ messages, durationMs: this.#options.nowMs() - start.ms, error });
    for (const part of parts) part.settle(error);
    this.#schedule();
  }
}

function groupByTopic(parts: readonly Part[]): { topic: string; messages: OutgoingMessage[] }[] {
  const byTopic = new Map<string, OutgoingMessage[]>();
  for (const part of parts) {
    for (const message of part.messages) {
      const group = byTopic.get(message.topic);
      if (group === undefined) byTopic.set(message.topic, [message]);
      else group.push(message);
    }
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
}

/** Runs of messages that weigh at most `limit` together; a heavier message stands alone. */
export function splitByWeight(
  messages: readonly TopicMessage[],
  limit: number,
): { messages: TopicMessage[]; weight: number }[] {
  const parts: { messages: TopicMessage[]; weight: number }[] = [];
  let current: { messages: TopicMessage[]; weight: number } | null = null;
  for (const message of messages) {
    if (current === null || current.weight + message.weight > limit) {
      current = { messages: [], weight: 0 };
      parts.push(current);
    }
    current.messages.push(message);
    current.weight += message.weight;
  }
  return parts;
}
