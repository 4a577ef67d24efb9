import { SECOND_MS, type SeededRandom } from '@ebb/core';

/** The 65,536 texts of four hexadecimal digits: looked up, an id costs a tenth of formatting it. */
const HEX = Array.from({ length: 0x1_0000 }, (_, value) => value.toString(16).padStart(4, '0'));

/** Seeded UUIDs (version 7) of simulated times, and timestamps; both are made for every event, so both are cheap. */
export class Ids {
  readonly #random: SeededRandom;
  #timeMs = Number.NaN;
  #timePart = '';
  #secondMs = Number.NaN;
  #secondText = '';

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  next(timeMs: number): string {
    const wholeMs = Math.floor(timeMs);
    if (wholeMs !== this.#timeMs) {
      this.#timeMs = wholeMs;
      const high = Math.floor(wholeMs / 0x1_0000_0000) & 0xffff;
      const low = wholeMs >>> 0;
      this.#timePart = `${HEX[high]}${HEX[low >>> 16]}-${HEX[low & 0xffff]}-`;
    }
    const a = this.#random.uint32();
    const b = this.#random.uint32();
    const c = this.#random.uint32();
    const version = HEX[0x7000 | (a & 0x0fff)];
    const variant = HEX[0x8000 | ((a >>> 12) & 0x3fff)];
    return `${this.#timePart}${version}-${variant}-${HEX[b >>> 16]}${HEX[b & 0xffff]}${HEX[c & 0xffff]}`;
  }

  /** ISO 8601 in UTC with milliseconds. */
  timestamp(timeMs: number): string {
    const second = Math.floor(timeMs / SECOND_MS) * SECOND_MS;
    if (second !== this.#secondMs) {
      this.#secondMs = second;
      this.#secondText = new Date(second).toISOString().slice(0, 20);
    }
    return `${this.#secondText}${String(timeMs - second).padStart(3, '0')}Z`;
  }
}
