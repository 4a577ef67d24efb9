import type { PolicyBook } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';
import type { Client } from '@ebb/postgres';
import { BatchDecoder, deadLetterOf } from './decode.ts';
import type { DecodeGate } from './decode-gate.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import type { Batch, EventQueue, EventSlice, OffsetMove, PartitionId } from './types.ts';

export interface BatchLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** Takes the next messages of all partitions, each a fair share, in turns that start with another one each time. */
export function takeSlices(queues: readonly EventQueue[], limits: BatchLimits, turn: number): EventSlice[] {
  const ready = queues.filter((queue) => queue.hasWork);
  const slices: EventSlice[] = [];
  const share = { messages: Math.ceil(limits.messages / ready.length), bytes: limits.bytes / ready.length };
  let taken = 0;
  for (let index = 0; index < ready.length && taken < limits.messages; index += 1) {
    const slice = ready[(turn + index) % ready.length]?.take(share.messages, share.bytes) ?? null;
    if (slice === null) continue;
    slices.push(slice);
    taken += slice.messages.length;
  }
  return slices;
}

/** Makes batches of slices: decodes, and sets aside the messages that the database refused. */
export class BatchBuilder {
  readonly #policies: PolicyKeeper;
  readonly #gate: DecodeGate;
  readonly #nowMs: () => number;
  /** Messages that cannot be stored although they are valid, with the reason. */
  readonly #refused = new Map<string, string>();

  constructor(policies: PolicyKeeper, gate: DecodeGate, nowMs: () => number) {
    this.#policies = policies;
    this.#gate = gate;
    this.#nowMs = nowMs;
  }

  /** From now on the message becomes a dead letter `storage_failed`. */
  refuse(id: PartitionId, message: ConsumedMessage, reason: string): void {
    this.#refused.set(keyOf(id, message), reason);
  }

  async build(client: Client, slices: readonly EventSlice[]): Promise<Batch> {
    const first = await this.#decode(slices, await this.#policies.current(client));
    const batch = first ?? (await this.#decode(slices, await this.#policies.reload(client), true));
    if (batch === null) throw new Error('unreachable: the second pass always gives a batch');
    return batch;
  }

  async #decode(slices: readonly EventSlice[], book: PolicyBook, isLast = false): Promise<Batch | null> {
    const nowMs = this.#nowMs();
    const decoder = new BatchDecoder(book, nowMs);
    const moves: OffsetMove[] = [];
    for (const { queue, from, to, messages } of slices) {
      const { id, kind } = queue;
      let watermarkMs: number | null = null;
      const [acceptedBefore, deadBefore] = [decoder.accepted, decoder.deadLetters.length];
      await this.#gate.run(messages.length, (index) => {
        const message = messages[index] as ConsumedMessage;
        const reason = this.#refused.size === 0 ? undefined : this.#refused.get(keyOf(id, message));
        if (reason !== undefined) {
          decoder.receipts.add(id.topic, message, null);
          const failure = { code: 'storage_failed', message: reason, eventId: null, failedAtMs: nowMs };
          decoder.deadLetters.push(deadLetterOf(kind === 'dead_letters' ? 'dead_letter' : kind, id, message, failure));
          return;
        }
        const timeMs = decoder.add(kind, id, message);
        if (timeMs !== null && (watermarkMs === null || timeMs > watermarkMs)) watermarkMs = timeMs;
      });
      const accepted = decoder.accepted - acceptedBefore;
      const dead = decoder.deadLetters.length - deadBefore;
      moves.push({
        ...id,
        kind,
        from,
        to,
        watermarkMs,
        ...(kind === 'dead_letters' ? { accepted: dead, dead: 0 } : { accepted, dead }),
        messages: messages.length,
        kafkaTimesMs: kafkaTimes(messages),
      });
    }
    if (decoder.needsNewerPolicies && !isLast) return null;
    const { web, purchases, deadLetters } = decoder;
    return { web, purchases, deadLetters, moves, receipts: decoder.receipts.all() };
  }
}

function kafkaTimes(messages: readonly ConsumedMessage[]): [number, number] | null {
  const [first, last] = [messages[0], messages.at(-1)];
  return first === undefined || last === undefined ? null : [first.timestampMs, last.timestampMs];
}

function keyOf({ topic, partition }: PartitionId, { offset }: ConsumedMessage): string {
  return `${topic}:${partition}:${offset}`;
}
