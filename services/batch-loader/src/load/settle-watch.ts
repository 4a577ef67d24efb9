import type { FoundFile } from '../source/file-source.ts';

const MAX_REMEMBERED = 100_000;

/**
 * Tells files at rest from those that are being written: unchanged for so long by their own time or, where the clock of
 * whoever wrote them is ahead of ours, by what was seen here.
 */
export class SettleWatch {
  readonly #settleMs: number;
  readonly #seen = new Map<string, { version: string; atMs: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  isSettled(file: FoundFile, nowMs: number): boolean {
    const seen = this.#seen.get(file.key);
    const isSame = seen?.version === file.version;
    if (nowMs - file.modifiedAtMs >= this.#settleMs || (isSame && nowMs - seen.atMs >= this.#settleMs)) {
      this.#seen.delete(file.key);
      return true;
    }
    if (isSame) return false;
    if (this.#seen.size >= MAX_REMEMBERED) this.#seen.clear();
    this.#seen.set(file.key, { version: file.version, atMs: nowMs });
    return false;
  }
}
