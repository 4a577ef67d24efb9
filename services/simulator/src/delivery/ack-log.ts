import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import type { SimMessage } from '../world/message.ts';

const SYNC_EVERY_MS = 1_000;

/**
 * What was acknowledged: one line of JSON per batch, `{"web":[ids],"purchase":[ids]}`, written after the
 * acknowledgement. A kill of this process loses no line; a power cut loses at most the last second.
 */
export class AckLog {
  readonly #file: number;
  #syncedMs = 0;
  #syncing = false;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  record(chunk: readonly SimMessage[], nowMs: number): void {
    const ids: { web: string[]; purchase: string[] } = { web: [], purchase: [] };
    for (const { stream, eventId } of chunk) if (eventId !== null) ids[stream].push(eventId);
    writeSync(this.#file, `${JSON.stringify(ids)}\n`);
    if (this.#syncing || nowMs - this.#syncedMs < SYNC_EVERY_MS) return;
    this.#syncing = true;
    this.#syncedMs = nowMs;
    fdatasync(this.#file, () => {
      this.#syncing = false;
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}
