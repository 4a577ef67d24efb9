/** Why a message became a dead letter; stable for dashboards and `ebb dlq --reason`. */
export const CAPTURE_CODES = {
  invalid_change: 'the message is no change event this sink can read',
  missing_epoch: 'the message does not say which slot it came from',
  value_out_of_range: 'a value has no exact form in ClickHouse: it is never clamped or cut',
  unavailable_value: 'a large value was not in the message and is known from nowhere else',
  table_stopped: 'the table takes no rows until somebody acts',
} as const;

export type CaptureCode = keyof typeof CAPTURE_CODES;

/** A value that cannot be stored exactly: this row is a dead letter, the table goes on. */
export class ValueError extends Error {}

/** The message does not look like the columns it was decoded with: other columns are tried, then the table stops. */
export class SchemaMismatchError extends Error {}

/** A whole number beyond 2^53 went through a double: the message has to be parsed again, slowly and exactly. */
export class InexactNumberError extends Error {}

/** Debezium left out a large value that did not change. */
export class UnavailableValueError extends Error {}
