import { DAY_MS, EbbError, utcDay } from '@ebb/core';
import type { SimulatorErrorCode } from '../errors.ts';
import type { RetailFile } from './retail-file.ts';
import { shiftDays } from './retail-time.ts';

/**
 * Days by which every document moves, so that the last day of all files is the target. Raises SHIFT_IN_FUTURE where
 * a document would be later than now: consumers refuse events from the future.
 */
export function planShift(
  files: readonly Pick<RetailFile, 'lastTimeMs'>[],
  targetDayMs: number | null,
  nowMs: number,
): number {
  const last = Math.max(...files.map((file) => file.lastTimeMs ?? Number.NEGATIVE_INFINITY));
  if (!Number.isFinite(last)) return 0;
  const days = targetDayMs === null ? 0 : shiftDays(last, targetDayMs);
  if (last + days * DAY_MS <= nowMs) return days;
  throw new EbbError<SimulatorErrorCode>(
    'SHIFT_IN_FUTURE',
    `the last document would be at ${new Date(last + days * DAY_MS).toISOString()}, which is not over yet; ` +
      `use --shift-to ${utcDay(nowMs - DAY_MS)} or an earlier day`,
  );
}

/** When a document is due at a speed: historical distance from the first one divided by the speed. */
export function dueMs(timeMs: number, firstTimeMs: number, startedMs: number, speed: number | null): number {
  return speed === null ? startedMs : startedMs + (timeMs - firstTimeMs) / speed;
}
