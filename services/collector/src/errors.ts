import { EbbError } from '@ebb/core';

/** Every refusal of a whole request: its code, the status it is answered with. The list is closed. */
export const REFUSALS = {
  invalid_body: 400,
  invalid_json: 400,
  invalid_utf8: 400,
  invalid_encoding: 400,
  invalid_request: 400,
  unauthorized: 401,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  too_many_events: 413,
  compression_ratio: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  overloaded: 503,
  unavailable: 503,
  stopping: 503,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A request refused as a whole; nothing of it was accepted. */
export class Refusal extends EbbError<RefusalCode> {
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(code: RefusalCode, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(code, message, { cause: options.cause, retryable: REFUSALS[code] >= 429 });
    this.status = REFUSALS[code];
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Refusal;
}

/** The JSON body of a refusal. */
export function refusalBody(code: RefusalCode, message: string): { error: { code: RefusalCode; message: string } } {
  return { error: { code, message } };
}
