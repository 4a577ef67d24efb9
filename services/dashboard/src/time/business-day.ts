const MINUTE_MS = 60_000;
/** No zone is further than this from UTC, and no day longer than 24 h plus a change of clocks. */
const REACH_MINUTES = 18 * 60;

export interface DayRange {
  readonly startMs: number;
  /** Exclusive. 23 or 25 hours after the start on the days the clocks change. */
  readonly endMs: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The business day (`YYYY-MM-DD`) a moment belongs to. */
export function businessDay(ms: number, timezone: string): string {
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      calendar: 'iso8601',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formatters.set(timezone, formatter);
  }
  return formatter.format(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
}

/**
 * Start and end of a business day: its first minute, and that of the next day. Found by the calendar alone, so that
 * days that begin inside a change of clocks are right too.
 */
export function businessDayRange(day: string, timezone: string): DayRange {
  return { startMs: firstMinuteOf(day, timezone), endMs: firstMinuteOf(shiftDay(day, 1), timezone) };
}

/** The calendar day `days` later. */
export function shiftDay(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function firstMinuteOf(day: string, timezone: string): number {
  const origin = Date.parse(`${day}T00:00:00Z`) / MINUTE_MS;
  let before = origin - REACH_MINUTES;
  let inside = origin + REACH_MINUTES;
  while (inside - before > 1) {
    const middle = Math.floor((before + inside) / 2);
    if (businessDay(middle * MINUTE_MS, timezone) >= day) inside = middle;
    else before = middle;
  }
  return inside * MINUTE_MS;
}
