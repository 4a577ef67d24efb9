import { DAY_MS } from '@ebb/core';

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Reads `2009-12-01`, `2010-12-01 08:26:00` or `2010-12-01 08:26` as UTC, ms; null for anything else. */
export function parseRetailTime(text: string): number | null {
  const match = PATTERN.exec(text.trim());
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(timeMs);
  const isReal = date.getUTCDate() === day && date.getUTCMonth() === month - 1;
  return isReal && hour < 24 && minute < 60 && second < 60 ? timeMs : null;
}

/** Midnight of a calendar day written `YYYY-MM-DD`, or null. */
export function parseDay(text: string): number | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseRetailTime(text) : null;
}

/** Whole days to add so that the last of the times falls on the given day; times of day stay. */
export function shiftDays(lastTimeMs: number, targetDayMs: number): number {
  return Math.round((targetDayMs - Math.floor(lastTimeMs / DAY_MS) * DAY_MS) / DAY_MS);
}
