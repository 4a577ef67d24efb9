/**
 * TABLE_UNCOMPARABLE: a table misses in one engine, or its columns do. BARRIER_TIMEOUT: the pipeline did not pass a
 * position in time. NOT_REPAIRABLE: no intact copy of a row is left. NOT_FOUND: nothing has the id that was asked for.
 * FINDINGS_OPEN: the command ends with a status, for scripts.
 */
export type LedgerErrorCode =
  'TABLE_UNCOMPARABLE' | 'BARRIER_TIMEOUT' | 'NOT_REPAIRABLE' | 'NOT_FOUND' | 'FINDINGS_OPEN';
