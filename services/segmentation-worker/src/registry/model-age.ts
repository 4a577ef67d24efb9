import { DAY_MS } from '@ebb/core';

/** A model is used this long, then trained again. */
export const MAX_MODEL_AGE_DAYS = 7;

/** Whole days since it was trained; the clock going back makes 0. */
export function modelAgeDays(trainedAt: Date, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - trainedAt.getTime()) / DAY_MS));
}

/** Up to and including the seventh day it is fresh. */
export function isFresh(trainedAt: Date, nowMs: number): boolean {
  return nowMs - trainedAt.getTime() <= MAX_MODEL_AGE_DAYS * DAY_MS;
}
