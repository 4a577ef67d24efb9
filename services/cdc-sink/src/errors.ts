import { ClickhouseError, isClickhouseTransient } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';

/**
 * Everything this service raises on purpose.
 *
 * - `STALLED`: messages wait, nothing is known to be in the way, and nothing moves: the process should be restarted.
 * - `STOPPED`: work was broken off because the service stops; what it was about is read again.
 */
export type SinkErrorCode = 'STALLED' | 'STOPPED';

/**
 * What a failed insert calls for:
 * - `retry`: the same again, for as long as it takes;
 * - `refused`: rows and table do not fit; a few more attempts, since a change of the table may be half done;
 * - `unknown`: ClickHouse says no for another reason; many more attempts.
 */
export type FailureKind = 'retry' | 'refused' | 'unknown';

/** Exceptions that speak of table and rows, and not of the state of the server. */
const REFUSALS = new Set([
  10, // NOT_FOUND_COLUMN_IN_BLOCK
  16, // NO_SUCH_COLUMN_IN_TABLE
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  44, // ILLEGAL_COLUMN
  47, // UNKNOWN_IDENTIFIER
  50, // UNKNOWN_TYPE
  53, // TYPE_MISMATCH
  60, // UNKNOWN_TABLE
  81, // UNKNOWN_DATABASE
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  469, // VIOLATED_CONSTRAINT
]);

export function classifyFailure(error: unknown): FailureKind {
  if (!(error instanceof ClickhouseError) || isClickhouseTransient(error) || error.code !== 'REFUSED') return 'retry';
  return error.exceptionCode !== null && REFUSALS.has(error.exceptionCode) ? 'refused' : 'unknown';
}

export function stopped(): EbbError<SinkErrorCode> {
  return new EbbError('STOPPED', 'the sink is stopping');
}
