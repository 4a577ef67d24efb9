/**
 * One read for everybody who asks at about the same time. Nobody gets what was begun more than `maxAgeMs` before they
 * asked: who comes while an older read is under way waits for the next one, together with all others who do. So however
 * many ask, there are few reads.
 */
export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  readonly #maxAgeMs: number;
  readonly #nowMs: () => number;
  #newest: { readonly startedMs: number; readonly result: Promise<T> } | null = null;
  #next: Promise<T> | null = null;

  constructor(read: () => Promise<T>, maxAgeMs = 0, nowMs: () => number = () => performance.now()) {
    this.#read = read;
    this.#maxAgeMs = maxAgeMs;
    this.#nowMs = nowMs;
  }

  get(): Promise<T> {
    const newest = this.#newest;
    if (newest !== null && this.#nowMs() - newest.startedMs < this.#maxAgeMs) return newest.result;
    this.#next ??= this.#begin(newest?.result ?? null);
    return this.#next;
  }

  async #begin(before: Promise<unknown> | null): Promise<T> {
    // What became of that one is for those who asked for it.
    await before?.catch(() => undefined);
    const newest = { startedMs: this.#nowMs(), result: this.#read() };
    this.#newest = newest;
    this.#next = null;
    try {
      return await newest.result;
    } catch (error) {
      // It is tried again by whoever asks next.
      if (this.#newest === newest) this.#newest = null;
      throw error;
    }
  }
}
