import { setImmediate as nextTurn } from 'node:timers/promises';

const BUDGET_MS = 1;
/** Reading the clock costs more than decoding a message. */
const MESSAGES_PER_LOOK = 32;

/**
 * Keeps decoding from starving the event loop, which is the limit before the processor is: a turn of decoding is about a
 * millisecond, and none starts while a statement is still being written to its socket.
 */
export class DecodeGate {
  readonly #unsentBytes: () => number;

  /** `unsentBytes` of all connections; it must count a closed connection as 0, or decoding would stop for good. */
  constructor(unsentBytes: () => number) {
    this.#unsentBytes = unsentBytes;
  }

  /** Calls `step` for 0..count-1, in turns. */
  async run(count: number, step: (index: number) => void): Promise<void> {
    let index = 0;
    while (index < count) {
      while (this.#unsentBytes() > 0) await nextTurn();
      const deadline = performance.now() + BUDGET_MS;
      do {
        const end = Math.min(count, index + MESSAGES_PER_LOOK);
        for (; index < end; index += 1) step(index);
      } while (index < count && performance.now() < deadline);
      if (index < count) await nextTurn();
    }
  }
}
