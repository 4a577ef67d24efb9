import { EbbError } from '@ebb/core';
import { isTransient } from '@ebb/postgres';

/** Every refusal of the API, with its status. */
export const REFUSALS = {
  INVALID_QUERY: 400,
  NOT_FOUND: 404,
  INTERNAL: 500,
  DATABASE_AWAY: 503,
  NOT_MIGRATED: 503,
  STOPPING: 503,
  TOO_MANY_STREAMS: 503,
  QUERY_TIMEOUT: 504,
} as const satisfies Record<string, number>;

export type RefusalCode = keyof typeof REFUSALS;

export class DashboardError extends EbbError<RefusalCode> {
  get status(): number {
    return REFUSALS[this.code];
  }
}

const QUERY_CANCELLED = '57014';
const UNDEFINED_TABLE = '42P01';
const INVALID_SCHEMA = '3F000';

/** Any failure as what a client may be told; the database's own words stay in the log. */
export function toDashboardError(error: unknown): DashboardError {
  if (error instanceof DashboardError) return error;
  const sqlState = error instanceof Error && 'code' in error ? error.code : undefined;
  if (sqlState === QUERY_CANCELLED)
    return new DashboardError('QUERY_TIMEOUT', 'The database took too long.', { cause: error });
  if (sqlState === UNDEFINED_TABLE || sqlState === INVALID_SCHEMA) {
    const message = 'The database has no Ebb tables yet; run “ebb migrate”.';
    return new DashboardError('NOT_MIGRATED', message, { cause: error });
  }
  if (isTransient(error)) {
    const message = 'The database does not answer. Figures return by themselves once it does.';
    return new DashboardError('DATABASE_AWAY', message, { cause: error, retryable: true });
  }
  return new DashboardError('INTERNAL', 'The dashboard failed to answer; its log says why.', { cause: error });
}
