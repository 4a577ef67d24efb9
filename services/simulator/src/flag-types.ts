import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@ebb/core';
import { z } from 'zod';
import { parseDay } from './replay/retail-time.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** `90s`, `6h`, `30d`; ms. */
export function durationMs(): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'must be a number with a unit: ms, s, m, h or d, such as 6h')
    .transform((text) => {
      const unit = /[a-z]+$/.exec(text)?.[0] ?? 's';
      return Math.round(Number(text.slice(0, -unit.length)) * (UNIT_MS[unit] ?? 1));
    });
}

/** A calendar day, as ms of its UTC midnight. */
export function calendarDay(): z.ZodType<number> {
  return z.string().transform((text, context) => {
    const dayMs = parseDay(text);
    if (dayMs !== null) return dayMs;
    context.addIssue({ code: 'custom', message: 'must be a day, YYYY-MM-DD' });
    return z.NEVER;
  });
}

/** A day or an ISO 8601 time with zone, ms; or `now`, null. */
export function startTime(): z.ZodType<number | null> {
  return z.string().transform((text, context) => {
    if (text === 'now') return null;
    const timeMs = parseDay(text) ?? (/T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN);
    if (Number.isFinite(timeMs)) return timeMs;
    context.addIssue({ code: 'custom', message: 'must be now, a day (YYYY-MM-DD) or a time with zone' });
    return z.NEVER;
  });
}
