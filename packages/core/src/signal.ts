/** Wakes whoever waits; a wake-up while nobody waits is kept for the next one. */
export class Signal {
  #isSet = false;
  readonly #waiting = new Set<() => void>();

  set(): void {
    this.#isSet = true;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next `set`, at the latest after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isSet) await this.#sleep(timeoutMs);
    this.#isSet = false;
  }

  #sleep(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
    });
  }
}
