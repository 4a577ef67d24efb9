export interface EbbErrorOptions {
  cause?: unknown;
  /** True when the same call may succeed later without anything being changed. */
  retryable?: boolean;
}

/**
 * Base of every error Ebb raises on purpose. Each package closes its own list of codes in `errors.ts`;
 * the message names the offending value and what to do about it.
 */
export class EbbError<C extends string = string> extends Error {
  readonly code: C;
  readonly retryable: boolean;

  constructor(code: C, message: string, options: EbbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EbbError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

export function isEbbError(error: unknown, code?: string): error is EbbError {
  return error instanceof EbbError && (code === undefined || error.code === code);
}

/** A printable message of anything that was thrown, with the messages of its causes. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorMessage).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (cause: ${errorMessage(error.cause)})` : error.message;
}

export function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
