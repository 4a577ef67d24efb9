import { encodeReceipt } from '@ebb/contracts';
import { type Clock, errorMessage, sleep } from '@ebb/core';
import type { Logger } from '@ebb/runtime';
import type { BatchingProducer } from './batching-producer.ts';
import type { ReceiptLedger } from './receipt-ledger.ts';

export interface ReceiptSenderDeps {
  ledger: ReceiptLedger;
  producer: BatchingProducer;
  topic: string;
  clock: Clock;
  logger: Logger;
  onSent: (count: number) => void;
}

const CHECK_MS = 5_000;
/** The receipts' topic takes record batches of 64 KiB, a fourteenth of the others. */
const RECEIPT_WEIGHT = 20;

/** Sends the receipts of each minute soon after it is over; what Kafka does not take stays for the next attempt. */
export class ReceiptSender {
  readonly #deps: ReceiptSenderDeps;
  readonly #stop = new AbortController();

  constructor(deps: ReceiptSenderDeps) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(CHECK_MS, this.#stop.signal);
      if (!this.#stop.signal.aborted) await this.#flush(this.#deps.clock.nowMs());
    }
  }

  /** Sends the running minute too; for the end, after the last request was answered. */
  async finish(): Promise<void> {
    this.#stop.abort();
    await this.#flush(Infinity);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #flush(untilMs: number): Promise<void> {
    const { ledger, producer, topic, logger } = this.#deps;
    ledger.cut(untilMs);
    const sending = ledger.unsent;
    if (sending.length === 0) return;
    try {
      await producer.send(
        sending.map((receipt) => {
          const value = encodeReceipt(receipt);
          return { topic, key: receipt.writeKeyId, value, weight: value.length * RECEIPT_WEIGHT };
        }),
      );
      ledger.acknowledge(sending);
      this.#deps.onSent(sending.length);
    } catch (error) {
      logger.warn({ event: 'receipts_unsent', count: sending.length, message: errorMessage(error) });
    }
  }
}
