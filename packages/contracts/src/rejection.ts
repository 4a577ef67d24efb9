import { err, type Result } from '@ebb/core';

/**
 * Why an event was not accepted: a closed list, stable for dashboards, alerts and `ebb dlq --reason`.
 * The message beside a code names the field and the offending value; the code alone says what to do.
 */
export const REJECTION_CODES = {
  empty_message: 'the message has no body',
  message_too_large: 'the message is larger than an event may be',
  invalid_utf8: 'the body is not UTF-8',
  malformed_json: 'the body is not JSON (NaN and Infinity are not JSON either)',
  not_an_object: 'the body is JSON, but not an object',
  missing_field: 'a required field is absent, null or empty',
  invalid_field: 'a field has the wrong type, length or form',
  invalid_text: 'a text holds NUL or half a surrogate pair, which no database stores',
  invalid_timestamp: 'a time is not ISO 8601 with a zone, or not a real date',
  invalid_amount: 'an amount has more than 4 decimal places or leaves numeric(20,4)',
  invalid_properties: 'properties do not match the registered type, or are too deep',
  properties_too_large: 'properties, or the unknown fields together, exceed 8 kB',
  unknown_event_type: 'the event type is neither built in nor registered in this policy version',
  unknown_schema_version: 'the event is of a newer schema version than this consumer knows',
  unknown_policy: 'the policy header names a version that does not exist',
  older_than_retention: 'the event time is before the retention of raw events',
  future_timestamp: 'the event time is more than 5 minutes ahead of the broker',
} as const;

export type RejectionCode = keyof typeof REJECTION_CODES;

export interface Rejection {
  readonly code: RejectionCode;
  /** Names the offending value, shortened; always storable text. */
  readonly message: string;
  /** The event's id where one could be read, for the sender to find it again. */
  readonly eventId: string | null;
  /** Where in the event, like `items[3].quantity`. */
  readonly path?: string;
}

const SHOWN_CHARACTERS = 80;

/** A short, storable rendering of any value: JSON escapes what a text column refuses. */
export function showValue(value: unknown): string {
  const shown = typeof value === 'object' && value !== null ? describeObject(value) : renderScalar(value);
  return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : shown;
}

function describeObject(value: object): string {
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}

function renderScalar(value: unknown): string {
  // Only the part that is shown is rendered: a value may be a megabyte long.
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_CHARACTERS + 1));
  return String(value);
}

export function reject(code: RejectionCode, message: string, path?: string): Result<never, Rejection> {
  return err(path === undefined ? { code, message, eventId: null } : { code, message, eventId: null, path });
}

/** Adds the id of the event to a rejection, if the value has a readable one. */
export function withEventId(rejection: Rejection, value: unknown): Rejection {
  if (typeof value !== 'object' || value === null || !('event_id' in value)) return rejection;
  const id = value.event_id;
  if (typeof id !== 'string' || id === '') return rejection;
  return { ...rejection, eventId: id.slice(0, 64).toWellFormed().replaceAll('\0', '\uFFFD') };
}
