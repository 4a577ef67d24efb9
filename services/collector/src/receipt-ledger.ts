import { randomUUID } from 'node:crypto';
import {
  addTallies,
  EMPTY_TALLY,
  type EventDigest,
  type IdTally,
  type Receipt,
  type ReceiptBucket,
  tallyDigests,
} from '@ebb/contracts';
import { minuteStartMs } from '@ebb/core';

interface OpenTally {
  writeKeyId: string;
  topic: string;
  minuteStartMs: number;
  tally: IdTally;
}

/**
 * Counts what was answered 202, per minute, key and topic. A minute that is over is cut into a receipt with an id of
 * its own, which is kept until Kafka acknowledged it; a repeated produce of it therefore counts once.
 */
export class ReceiptLedger {
  readonly #collectorId: string;
  readonly #open = new Map<string, OpenTally>();
  #unsent: Receipt[] = [];

  constructor(collectorId: string) {
    this.#collectorId = collectorId;
  }

  /** The bucket of what is produced now. It is written into each message, so that the topic can be counted by it. */
  bucketAt(nowMs: number): ReceiptBucket {
    return { collectorId: this.#collectorId, minuteStartMs: minuteStartMs(nowMs) };
  }

  get unsent(): readonly Receipt[] {
    return this.#unsent;
  }

  /** Events of a bucket were answered 202. An answer that comes after its minute was cut makes a further receipt. */
  add(writeKeyId: string, topic: string, digests: readonly EventDigest[], bucket: ReceiptBucket): void {
    if (digests.length === 0) return;
    const minute = bucket.minuteStartMs;
    const name = `${minute} ${writeKeyId} ${topic}`;
    const open = this.#open.get(name) ?? { writeKeyId, topic, minuteStartMs: minute, tally: EMPTY_TALLY };
    open.tally = addTallies(open.tally, tallyDigests(digests));
    this.#open.set(name, open);
  }

  /** Cuts the minutes that ended before `nowMs`; Infinity cuts the running one too. */
  cut(nowMs: number): void {
    for (const [name, open] of this.#open) {
      if (open.minuteStartMs >= minuteStartMs(nowMs)) continue;
      this.#open.delete(name);
      this.#unsent.push({
        id: randomUUID(),
        collectorId: this.#collectorId,
        writeKeyId: open.writeKeyId,
        topic: open.topic,
        minuteStartMs: open.minuteStartMs,
        ...open.tally,
      });
    }
  }

  acknowledge(sent: readonly Receipt[]): void {
    const ids = new Set(sent.map((receipt) => receipt.id));
    this.#unsent = this.#unsent.filter((receipt) => !ids.has(receipt.id));
  }
}
