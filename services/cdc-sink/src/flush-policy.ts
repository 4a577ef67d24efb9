export interface FlushLimits {
  /** Rows and bytes after which waiting rows are stored at once. */
  readonly rows: number;
  readonly bytes: number;
  /** Rows that come after a pause wait so long for company. */
  readonly lingerMs: number;
  /** Least time between two inserts into the same tables: with many rows waiting, and with few. */
  readonly busyMs: number;
  readonly sparseMs: number;
  /** From so many waiting rows on, a topic counts as busy. */
  readonly busyRows: number;
}

/** What waits to be stored for one topic. */
export interface Waiting {
  readonly rows: number;
  readonly bytes: number;
  /** When the oldest of it was decoded. */
  readonly sinceMs: number;
}

/** Parts of one table from which the sink slows down, and from which somebody should look. */
export const PARTS_ALERT = 100;
const SLOWEST = 8;

/**
 * How much longer than usual to wait between inserts into a table that has so many active parts: every insert makes a
 * part, merging costs the more the smaller they are, and at some thousand ClickHouse refuses inserts.
 */
export function slowdownOf(parts: number): number {
  return parts < PARTS_ALERT ? 1 : Math.min(SLOWEST, 2 ** Math.floor(parts / PARTS_ALERT));
}

export function isFull({ rows, bytes }: Waiting, limits: FlushLimits): boolean {
  return rows >= limits.rows || bytes >= limits.bytes;
}

/** What is known of a topic beside the rows that wait. */
export interface Pace {
  /** How much longer than usual to wait between inserts; 1 is as usual. */
  readonly slowdown: number;
  /** More waits in Kafka than one batch takes: rows are late anyway, and bigger inserts cost less. */
  readonly isBehind: boolean;
}

/**
 * When waiting rows are due. A lone change is visible after the linger; a trickle makes one part per table in `sparseMs`
 * and not one per change; a flood is cut by size.
 */
export function dueAtMs(waiting: Waiting, lastFlushMs: number, limits: FlushLimits, pace: Pace): number {
  const { slowdown, isBehind } = pace;
  if (isFull(waiting, limits)) return slowdown === 1 ? 0 : lastFlushMs + limits.busyMs * slowdown;
  const spacingMs = (waiting.rows >= limits.busyRows && !isBehind ? limits.busyMs : limits.sparseMs) * slowdown;
  return Math.max(waiting.sinceMs + limits.lingerMs, lastFlushMs + spacingMs);
}
