export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Start of the tumbling minute that holds the instant. */
export function minuteStartMs(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

let cachedDayStartMs = Number.NaN;
let cachedDay = '';

/** The UTC calendar day, `YYYY-MM-DD`. The last answer is kept: streams ask for the same day again and again. */
export function utcDay(timeMs: number): string {
  const dayStartMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
  if (dayStartMs !== cachedDayStartMs) {
    cachedDay = new Date(dayStartMs).toISOString().slice(0, 10);
    cachedDayStartMs = dayStartMs;
  }
  return cachedDay;
}
