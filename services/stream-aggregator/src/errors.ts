import { isTransient } from '@ebb/postgres';

/** Everything this service raises on purpose. */
export type AggregatorErrorCode = 'STALE_OFFSETS' | 'STALE_GENERATION' | 'REPEATED_EVENTS' | 'STALLED';

/**
 * What a failed transaction calls for:
 * - `retry`: the same again, on a new connection, after a pause;
 * - `partition_missing`: the same again after the day's tables were made;
 * - `data`: some row cannot be stored; find it, it must not stop the others;
 * - `unknown`: as retry, but somebody should look.
 */
export type FailureKind = 'retry' | 'partition_missing' | 'data' | 'unknown';

export function classifyFailure(error: unknown): FailureKind {
  if (isTransient(error)) return 'retry';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '23514' && error instanceof Error && error.message.includes('no partition of relation')) {
    return 'partition_missing';
  }
  // Data exceptions, constraint violations, values beyond a program limit.
  return /^(22|23|54)/.test(code) ? 'data' : 'unknown';
}
