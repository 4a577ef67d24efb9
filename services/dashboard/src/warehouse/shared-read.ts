/**
 * One read for everybody who asks at the same time. Nobody gets what was read before they asked: who comes while a read is
 * under way waits for the next one, together with all others who do.
 */
export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  #running: Promise<unknown> | null = null;
  #next: Promise<T> | null = null;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get(): Promise<T> {
    this.#next ??= this.#begin(this.#running);
    return this.#next;
  }

  async #begin(before: Promise<unknown> | null): Promise<T> {
    // What became of that one is for those who asked for it.
    await before?.catch(() => undefined);
    const reading = this.#read();
    this.#running = reading;
    this.#next = null;
    try {
      return await reading;
    } finally {
      if (this.#running === reading) this.#running = null;
    }
  }
}
