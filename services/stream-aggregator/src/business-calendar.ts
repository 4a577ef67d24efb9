import type { Client } from '@ebb/postgres';
import { MINUTE_MS } from '@ebb/core';
import { type BusinessDayOf, MINUTES_PER_DAY } from './windows.ts';

const MOST_REMEMBERED = 200_000;

/**
 * Which business day a UTC minute belongs to. Outside UTC it is asked of Postgres, once per minute: its time zone data
 * decides in every view and rebuild, and ours might be of another year.
 */
export class BusinessCalendar {
  readonly #timezone: string;
  readonly #days = new Map<number, number>();

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** Only for minutes that were given to `prepare`. */
  readonly dayOf: BusinessDayOf = (minuteIndex) => {
    if (this.#timezone === 'UTC') return Math.floor(minuteIndex / MINUTES_PER_DAY);
    const day = this.#days.get(minuteIndex);
    if (day === undefined) throw new RangeError(`business day of minute ${minuteIndex} was not prepared`);
    return day;
  };

  async prepare(client: Client, minutes: Iterable<number>): Promise<void> {
    if (this.#timezone === 'UTC') return;
    const missing = [...new Set(minutes)].filter((minute) => !this.#days.has(minute));
    if (missing.length === 0) return;
    if (this.#days.size > MOST_REMEMBERED) this.#days.clear();
    const { rows } = await client.query<{ minute: number; day: number }>(
      `SELECT m AS minute, kpi.business_day(to_timestamp(m::bigint * 60), $2) - date '1970-01-01' AS day
       FROM unnest($1::integer[]) m`,
      [missing, this.#timezone],
    );
    for (const row of rows) this.#days.set(row.minute, row.day);
  }
}

/** Minutes since 1970-01-01 of the times, each once. */
export function minutesOf(timesMs: Iterable<number>): Set<number> {
  const minutes = new Set<number>();
  for (const timeMs of timesMs) minutes.add(Math.floor(timeMs / MINUTE_MS));
  return minutes;
}
