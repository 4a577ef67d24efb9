import { DAY_MS } from '@ebb/core';
import { parseTimestamp } from '../timestamp.ts';

/** `2026-11-21T` */
const DATE_BYTES = 11;
/** `2026-11-21T10:00:00.000Z` */
const USUAL_BYTES = 24;
const ZERO = 48;
const DOT = 46;
const COLON = 58;
const UPPER_Z = 90;

/**
 * Reads the timestamps that `parseTimestamp` reads, from bytes. Nearly all have milliseconds and the zone Z and are of the
 * same day as the one before; then only the time of day is looked at.
 */
export class TimestampReader {
  readonly #date = new Uint8Array(DATE_BYTES);
  #dateMs = 0;

  /** Milliseconds since the epoch, or null when it is no timestamp. */
  read(source: Buffer, start: number, end: number): number | null {
    if (end - start === USUAL_BYTES && this.#isSameDate(source, start)) {
      const timeMs = timeOfDayMs(source, start + DATE_BYTES);
      if (timeMs >= 0) return this.#dateMs + timeMs;
    }
    const parsed = parseTimestamp(source.toString('latin1', start, end));
    if (parsed !== null && end - start === USUAL_BYTES) this.#keepDate(source, start, parsed);
    return parsed;
  }

  #isSameDate(source: Buffer, start: number): boolean {
    const date = this.#date;
    for (let index = 0; index < DATE_BYTES; index += 1) if (source[start + index] !== date[index]) return false;
    return true;
  }

  /** Only where the time of day counts from the date's midnight: another zone would shift it. */
  #keepDate(source: Buffer, start: number, parsedMs: number): void {
    if (timeOfDayMs(source, start + DATE_BYTES) < 0) return;
    this.#date.set(source.subarray(start, start + DATE_BYTES));
    this.#dateMs = Math.floor(parsedMs / DAY_MS) * DAY_MS;
  }
}

/** Of `10:00:00.000Z`; negative when it is not written like that. */
function timeOfDayMs(source: Buffer, at: number): number {
  const hasForm =
    source[at + 2] === COLON && source[at + 5] === COLON && source[at + 8] === DOT && source[at + 12] === UPPER_Z;
  if (!hasForm) return -1;
  const hour = twoDigits(source, at);
  const minute = twoDigits(source, at + 3);
  const second = twoDigits(source, at + 6);
  const centis = twoDigits(source, at + 9);
  const milli = (source[at + 11] ?? 0) - ZERO;
  if (hour > 23 || minute > 59 || second > 59 || centis > 99 || milli < 0 || milli > 9) return -1;
  return ((hour * 60 + minute) * 60 + second) * 1000 + centis * 10 + milli;
}

/** More than 99 when they are no digits. */
function twoDigits(source: Buffer, at: number): number {
  const tens = (source[at] ?? 0) - ZERO;
  const ones = (source[at + 1] ?? 0) - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 100 : tens * 10 + ones;
}
