import { DAY_MS } from '@ebb/core';

/** Days since 1970-01-01 of a day `YYYY-MM-DD`. */
export function daysOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}
