import { refuse } from './exceptions.ts';

/** Lets so many through at once; the others wait in the order they came, up to a bound. */
export class Slots {
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number, maxWaiting: number) {
    this.#free = count;
    this.#maxWaiting = maxWaiting;
  }

  async use<T>(fn: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait();
    try {
      return await fn();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) {
      throw refuse('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many simultaneous queries: ${this.#waiting.length} wait.`);
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
