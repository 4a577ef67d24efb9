import { EbbError } from '@ebb/core';
import type { Pool, PoolClient } from '@ebb/postgres';

/** What a query family needs: a pool, or one connection inside a transaction. */
export type Queryable = Pick<Pool | PoolClient, 'query'>;

/** Which part of a list is asked for. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** A count from the driver's text. One beyond 2^53 is refused rather than rounded. */
export function toCount(text: string | number | null | undefined): number {
  const value = Number(text ?? 0);
  if (Number.isSafeInteger(value)) return value;
  throw new EbbError('COUNT_TOO_LARGE', `a count of ${text} cannot be shown exactly`);
}

export function toIso(date: Date | null | undefined): string | null {
  return date?.toISOString() ?? null;
}
