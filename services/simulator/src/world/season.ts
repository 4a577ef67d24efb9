import { DAY_MS, HOUR_MS } from '@ebb/core';

const YEAR_MS = 365.25 * DAY_MS;
/** Visits by hour of day (UTC), in any unit. */
const HOURS = [
  0.45, 0.35, 0.3, 0.3, 0.35, 0.45, 0.6, 0.8, 1.0, 1.1, 1.15, 1.2, 1.25, 1.2, 1.15, 1.15, 1.2, 1.3, 1.45, 1.6, 1.65,
  1.5, 1.1, 0.7,
];
const MEAN_HOUR = HOURS.reduce((sum, hour) => sum + hour, 0) / HOURS.length;
const WEEKEND_FACTOR = 1.25;
const WEEKDAY_FACTOR = 0.9;
const YEARLY_SWING = 0.35;

/** No intensity of the year exceeds this multiple of the mean. */
export const HIGHEST_INTENSITY = (Math.max(...HOURS) / MEAN_HOUR) * WEEKEND_FACTOR * (1 + YEARLY_SWING);

/** How busy the seasonal world is at an instant, as a multiple of its mean: by hour, weekday and time of year. */
export function intensityAt(timeMs: number): number {
  const hour = (HOURS[Math.floor((timeMs % DAY_MS) / HOUR_MS)] ?? MEAN_HOUR) / MEAN_HOUR;
  // 1970-01-01 was a Thursday.
  const weekday = (Math.floor(timeMs / DAY_MS) + 4) % 7;
  const week = weekday === 0 || weekday === 6 ? WEEKEND_FACTOR : WEEKDAY_FACTOR;
  const yearly = 1 + YEARLY_SWING * Math.cos((2 * Math.PI * (timeMs % YEAR_MS)) / YEAR_MS);
  return hour * week * yearly;
}
