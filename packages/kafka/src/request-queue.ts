import { createRequire } from 'node:module';

/**
 * The driver's queue of requests looks every millisecond, for as long as a connection lives, whether requests wait: its
 * delay is `throttledUntil - now`, and without throttling that is far below zero (kafkajs issues 1556 and 1704). An idle
 * service spends 2 % of a core on it, one with several connections more. Here it looks only while something waits; a
 * request that is added or answered makes it look anyway.
 */

export interface RequestQueue {
  /** Time until which the broker wants no requests, ms; -1 for none. */
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** Also what the driver waits when nothing but the answers to others holds requests back. */
const CHECK_MS = 10;

export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : CHECK_MS,
  );
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
