import { sleep } from './sleep.ts';

/** Wakes whoever waits; a wake-up while nobody waits is kept for the next one. */
export class Signal {
  #isSet = false;
  #waiting = new AbortController();

  set(): void {
    this.#isSet = true;
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }

  /** Resolves at the next `set`, at the latest after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isSet) await sleep(timeoutMs, this.#waiting.signal);
    this.#isSet = false;
  }
}
