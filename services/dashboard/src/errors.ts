import { ClickhouseError } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';
import { isTransient } from '@ebb/postgres';

/** Every refusal of the API, with its status. */
export const REFUSALS = {
  INVALID_QUERY: 400,
  LOGIN_NEEDED: 401,
  NOT_PUBLIC: 403,
  OTHER_SITE: 403,
  NOT_FOUND: 404,
  INTERNAL: 500,
  DATABASE_AWAY: 503,
  MART_MISSING: 503,
  NOTHING_PUBLISHED: 503,
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

/** ClickHouse's numbers: UNKNOWN_TABLE, UNKNOWN_DATABASE, and TIMEOUT_EXCEEDED. */
const MISSING = new Set([60, 81]);
const TIMEOUT_EXCEEDED = 159;

/** Any failure as what a client may be told; the database's own words stay in the log. */
export function toDashboardError(error: unknown): DashboardError {
  if (error instanceof DashboardError) return error;
  if (error instanceof ClickhouseError) return fromWarehouse(error);
  const sqlState = error instanceof Error && 'code' in error ? error.code : undefined;
  if (sqlState === QUERY_CANCELLED) return timedOut(error);
  if (sqlState === UNDEFINED_TABLE || sqlState === INVALID_SCHEMA) {
    const message = 'The database has no Ebb tables yet; run “ebb migrate”.';
    return new DashboardError('NOT_MIGRATED', message, { cause: error });
  }
  if (isTransient(error)) {
    const message = 'The database does not answer. Figures return by themselves once it does.';
    return new DashboardError('DATABASE_AWAY', message, { cause: error, retryable: true });
  }
  return failed(error);
}

function fromWarehouse(error: ClickhouseError): DashboardError {
  if (error.code === 'TIMED_OUT' || error.exceptionCode === TIMEOUT_EXCEEDED) return timedOut(error);
  if (MISSING.has(error.exceptionCode ?? 0)) {
    const message = 'The publication lacks a table that this page reads; run “ebb migrate”, then “ebb build”.';
    return new DashboardError('MART_MISSING', message, { cause: error });
  }
  if (!error.retryable) return failed(error);
  const message = 'The warehouse does not answer. Figures return by themselves once it does.';
  return new DashboardError('DATABASE_AWAY', message, { cause: error, retryable: true });
}

function timedOut(error: unknown): DashboardError {
  return new DashboardError('QUERY_TIMEOUT', 'The database took too long.', { cause: error });
}

function failed(error: unknown): DashboardError {
  return new DashboardError('INTERNAL', 'The dashboard failed to answer; its log says why.', { cause: error });
}
