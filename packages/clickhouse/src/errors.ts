import { EbbError } from '@ebb/core';

/**
 * Everything this package raises on purpose.
 *
 * - `REFUSED`: the server answered with an exception; `exceptionCode` is ClickHouse's own number.
 * - `UNREACHABLE`: no connection, or one that broke before the answer was complete; what was sent may have been applied.
 * - `TIMED_OUT`: no answer in time; likewise.
 * - `CANCELLED`: the caller's signal aborted.
 * - `BAD_URL`: the URL does not name a ClickHouse server.
 * - `VALUE_OUT_OF_RANGE`: a value does not fit the column type it was written as.
 * - `COLUMN_TYPE`: a column to be read as numbers or texts is neither.
 * - `MIGRATION_*`: a migration file was edited after it was applied, failed, or is misnamed.
 */
export type ClickhouseErrorCode =
  | 'REFUSED'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'BAD_URL'
  | 'VALUE_OUT_OF_RANGE'
  | 'COLUMN_TYPE'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_NAME';

export class ClickhouseError extends EbbError<ClickhouseErrorCode> {
  /** ClickHouse's exception number, e.g. 60 for an unknown table; null when the server did not answer. */
  readonly exceptionCode: number | null;

  constructor(
    code: ClickhouseErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean; exceptionCode?: number } = {},
  ) {
    super(code, message, options);
    this.exceptionCode = options.exceptionCode ?? null;
  }
}

/** Exceptions after which the same request may succeed without anything being changed. */
const TRANSIENT_EXCEPTIONS = new Set([
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  319, // UNKNOWN_STATUS_OF_INSERT
  373, // SESSION_IS_LOCKED
  394, // QUERY_WAS_CANCELLED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  473, // DEADLOCK_AVOIDED
  499, // S3_ERROR
  692, // TOO_MANY_MUTATIONS
  999, // KEEPER_EXCEPTION
]);

export function isTransientException(exceptionCode: number): boolean {
  return TRANSIENT_EXCEPTIONS.has(exceptionCode);
}

/** Whether repeating the same request may succeed: connection lost, time-out, overload, a full disk that gets room. */
export function isClickhouseTransient(error: unknown): boolean {
  return error instanceof ClickhouseError && error.retryable;
}
