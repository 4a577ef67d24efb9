import { minuteStartMs, type Clock } from '@ebb/core';

/**
 * So many a minute per id. Rejected events of a key become dead letters up to this quota and are only
 * counted beyond it: a broken client must not fill the dead-letter topic for everybody.
 */
export class MinuteQuota {
  readonly #used = new Map<string, number>();
  readonly #perMinute: number;
  readonly #clock: Clock;
  #minute = 0;

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Takes one; false when this minute's quota of the id is used up. */
  take(id: string): boolean {
    const minute = minuteStartMs(this.#clock.nowMs());
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used.clear();
    }
    const used = this.#used.get(id) ?? 0;
    if (used >= this.#perMinute) return false;
    this.#used.set(id, used + 1);
    return true;
  }
}
