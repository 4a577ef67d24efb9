import { DAY_MS } from '@ebb/core';
import { FUTURE_TOLERANCE_MS } from './limits.ts';
import type { Policy } from './policy.ts';
import type { Rejection } from './rejection.ts';

/**
 * The only lateness limit there is: [Kafka time − retention, Kafka time + 5 min], both ends included. A replay of
 * history has no lower bound. Null when the time is accepted.
 */
export function checkEventTime(
  eventTimeMs: number,
  kafkaTimeMs: number,
  policy: Pick<Policy, 'rawRetentionDays'>,
  isReplay: boolean,
): Rejection | null {
  if (eventTimeMs > kafkaTimeMs + FUTURE_TOLERANCE_MS) {
    const aheadS = Math.round((eventTimeMs - kafkaTimeMs) / 1000);
    return { code: 'future_timestamp', message: `${iso(eventTimeMs)} is ${aheadS} s ahead`, eventId: null };
  }
  if (!isReplay && eventTimeMs < kafkaTimeMs - policy.rawRetentionDays * DAY_MS) {
    const message = `${iso(eventTimeMs)} is more than ${policy.rawRetentionDays} days back; send history as a replay`;
    return { code: 'older_than_retention', message, eventId: null };
  }
  return null;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
