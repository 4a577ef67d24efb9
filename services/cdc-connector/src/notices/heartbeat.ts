import { z } from 'zod';

const message = z.object({ after: z.object({ beat_at: z.string() }).nullish() });

/** A heartbeat that has come out of the connector: all that was committed before it has, too. */
export interface Heartbeat {
  beatAtMs: number;
  /** From the update in Postgres to the message in Kafka, ms; below zero where the clocks differ. */
  tookMs: number;
}

export function parseHeartbeat(value: Buffer | null, kafkaTimeMs: number): Heartbeat | null {
  if (value === null) return null;
  try {
    const beatAtMs = Date.parse(message.parse(JSON.parse(value.toString('utf8'))).after?.beat_at ?? '');
    return Number.isNaN(beatAtMs) ? null : { beatAtMs, tookMs: kafkaTimeMs - beatAtMs };
  } catch {
    return null;
  }
}
