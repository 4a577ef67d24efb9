import { isUtf8 } from 'node:buffer';
import { ok, type Result } from '@ebb/core';
import { LIMITS } from './limits.ts';
import { reject, type Rejection, showValue } from './rejection.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads the body of a message: UTF-8 JSON, an object. Total: every buffer gives an object or a rejection. */
export function readMessageBody(body: Buffer | null): Result<JsonObject, Rejection> {
  if (body === null || body.length === 0) return reject('empty_message', 'the message has no body');
  if (body.length > LIMITS.messageBytes) {
    return reject('message_too_large', `${body.length} bytes, at most ${LIMITS.messageBytes} are read`);
  }
  // Decoding replaces invalid bytes silently, and the event would be counted with a changed text.
  if (!isUtf8(body)) return reject('invalid_utf8', 'the body is not UTF-8');
  return readObject(body.toString('utf8'));
}

function readObject(text: string): Result<JsonObject, Rejection> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return reject('malformed_json', `not JSON: ${showValue(text)}`);
  }
  return isJsonObject(value) ? ok(value) : reject('not_an_object', `expected one JSON object, got ${showValue(value)}`);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
