import { DAY_MS, SECOND_MS } from '@ebb/core';

/** From this many row changes on, changes are timed at this rate from this moment. */
export interface ClockAnchor {
  rows: number;
  timeMs: number;
  /** Row changes per second. */
  rate: number;
}

export interface CrmClockOptions {
  /** Moment at which the history ends and the live part begins. */
  startMs: number;
  historyDays: number;
  rate: number;
}

/**
 * Turns the world's own time (days since the history's begin) into calendar time. History passes day by day; the live
 * part has one row change every 1/rate seconds, so a busy world is one in which more happens a day.
 */
export class CrmClock {
  readonly #options: CrmClockOptions;
  readonly #anchors: ClockAnchor[];
  #at = -1;

  /** `anchors`: those of earlier runs, oldest first. */
  constructor(options: CrmClockOptions, anchors: readonly ClockAnchor[] = []) {
    this.#options = options;
    this.#anchors = [...anchors];
  }

  get anchors(): readonly ClockAnchor[] {
    return this.#anchors;
  }

  isLive(worldDays: number): boolean {
    return worldDays >= this.#options.historyDays;
  }

  /** Calendar time of the change that comes after `rows` others; calls must come in order. */
  timeMs(rows: number, worldDays: number): number {
    const { startMs, historyDays, rate } = this.#options;
    if (!this.isLive(worldDays)) return Math.floor(startMs - (historyDays - worldDays) * DAY_MS);
    if (this.#anchors.length === 0) this.#anchors.push({ rows, timeMs: startMs, rate });
    while ((this.#anchors[this.#at + 1]?.rows ?? Number.POSITIVE_INFINITY) <= rows) this.#at += 1;
    const anchor = this.#anchors[Math.max(0, this.#at)];
    if (anchor === undefined) return startMs;
    return Math.floor(anchor.timeMs + ((rows - anchor.rows) / anchor.rate) * SECOND_MS);
  }

  /** Changes from here on are timed anew: after a pause the world goes on where it was, not where it would be. */
  anchor(anchor: ClockAnchor): void {
    if (this.#anchors.length > 0) this.#anchors.push(anchor);
  }
}
