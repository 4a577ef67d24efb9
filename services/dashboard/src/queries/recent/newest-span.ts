/** What the aggregator made of the messages of one partition in one minute of its clock. */
export interface Account {
  /** Rows that were stored. */
  readonly stored: number;
  /** Kafka times of the first and the last message, ms since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * The Kafka time since which about `wanted` rows were stored, told from the accounts without reading a row; ms since
 * 1970, or null where there is no account. Where the newest accounts hold far more, rows are taken to lie evenly
 * between their first and last message, and twice as many as are wanted are allowed for.
 */
export function newestSpan(accounts: readonly Account[], wanted: number): number | null {
  const newestFirst = accounts.toSorted((a, b) => b.lastMs - a.lastMs);
  const [newest] = newestFirst;
  if (newest === undefined) return null;
  let stored = 0;
  let fromMs = newest.lastMs;
  for (const account of newestFirst) {
    if (stored >= wanted) break;
    stored += account.stored;
    fromMs = Math.min(fromMs, account.firstMs);
  }
  const share = Math.min(1, (2 * wanted) / Math.max(1, stored));
  return Math.floor(newest.lastMs - share * (newest.lastMs - fromMs));
}
