/** Who is in which segment of a run. */
export interface Membership {
  /** Ascending by code units, each once. */
  readonly customers: readonly string[];
  /** Id of the customer's segment; below zero: a class of outliers. */
  readonly segments: Int32Array;
}

/** For each name of `now` its position in `before`, or −1. Both ascending. */
export function positionsIn(before: readonly string[], now: readonly string[]): Int32Array {
  let at = 0;
  return Int32Array.from(now, (name) => {
    while (at < before.length && (before[at] ?? '') < name) at += 1;
    return before[at] === name ? at : -1;
  });
}

/** Customers who went from one segment to another; null: not among the run's customers. */
export interface Migration {
  readonly from: number | null;
  readonly to: number | null;
  readonly customers: number;
}

/**
 * The migration matrix of two runs, without its zeros, by `from` and `to`. Row sums are the segments of the first run,
 * column sums those of the second, with who came and who went counted under null.
 */
export function migrations(before: Membership, now: Membership): Migration[] {
  const counts = new Map<string, { from: number | null; to: number | null; customers: number }>();
  const count = (from: number | null, to: number | null): void => {
    const key = `${from}>${to}`;
    const cell = counts.get(key);
    if (cell === undefined) counts.set(key, { from, to, customers: 1 });
    else cell.customers += 1;
  };
  const positions = positionsIn(before.customers, now.customers);
  const stayed = new Uint8Array(before.customers.length);
  for (const [index, position] of positions.entries()) {
    if (position !== -1) stayed[position] = 1;
    count(position === -1 ? null : (before.segments[position] ?? null), now.segments[index] ?? null);
  }
  for (const [position, segment] of before.segments.entries()) if (stayed[position] === 0) count(segment, null);
  return [...counts.values()].toSorted((a, b) => rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to));
}

function rank(segment: number | null): number {
  return segment ?? Number.MAX_SAFE_INTEGER;
}
