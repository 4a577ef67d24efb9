interface Seen {
  readonly value: bigint;
  readonly sinceMs: number;
}

/** Notices which of several numbers that should rise have stopped. A slow machine is waited for; a stuck one is not. */
export class Stalls {
  readonly #limitMs: number;
  #seen = new Map<string, Seen>();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Names whose number has not risen for longer than the limit. One that is left out has arrived, and may begin anew. */
  stuck(values: ReadonlyMap<string, bigint>, nowMs: number): string[] {
    const before = this.#seen;
    this.#seen = new Map();
    for (const [name, value] of values) {
      const last = before.get(name);
      this.#seen.set(name, last === undefined || value > last.value ? { value, sinceMs: nowMs } : last);
    }
    return [...this.#seen].filter(([, { sinceMs }]) => nowMs - sinceMs > this.#limitMs).map(([name]) => name);
  }
}
