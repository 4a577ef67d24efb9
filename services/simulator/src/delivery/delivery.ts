import type { OutgoingMessage } from '@ebb/kafka';

export interface Batch {
  topic: string;
  messages: OutgoingMessage[];
}

/** Where produced messages go. */
export interface Delivery {
  connect(): Promise<void>;
  /**
   * Resolves when every message is acknowledged. Waits out an outage for as long as it was told to; then
   * DELIVERY_FAILED. Aborted while waiting, it rejects: what was not acknowledged was not sent.
   */
  deliver(batches: Batch[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Told about every attempt that failed. */
export type OnRetry = (attempt: number, delayMs: number, message: string) => void;
