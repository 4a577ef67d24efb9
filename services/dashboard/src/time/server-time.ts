import type { Clock } from '@ebb/core';

/** The server's time as answers tell it. */
export function serverTime(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString();
}
