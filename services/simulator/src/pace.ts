export interface PaceOptions {
  /** Simulated time of the first event. */
  startMs: number;
  /** Wall time at which the simulation was started. */
  startedMs: number;
  /** Simulated seconds per second; null: all that lies in the past is due, then as the clock goes. */
  speed: number | null;
}

/** Simulated time up to which events are due. It never passes the clock. */
export function dueUntilMs(nowMs: number, options: PaceOptions): number {
  if (options.speed === null) return nowMs;
  return Math.min(nowMs, options.startMs + (nowMs - options.startedMs) * options.speed);
}
