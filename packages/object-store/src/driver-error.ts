import { errorMessage } from '@ebb/core';
import { ObjectStoreError, type ObjectStoreErrorCode } from './errors.ts';

/** Codes of S3's own, and of servers that answer without a body. */
const KNOWN: Readonly<Record<string, ObjectStoreErrorCode>> = {
  NoSuchBucket: 'NO_SUCH_BUCKET',
  NoSuchKey: 'NO_SUCH_KEY',
  NotFound: 'NO_SUCH_KEY',
  AccessDenied: 'ACCESS_DENIED',
  InvalidAccessKeyId: 'ACCESS_DENIED',
  SignatureDoesNotMatch: 'ACCESS_DENIED',
  AllAccessDisabled: 'ACCESS_DENIED',
  BadDigest: 'INCOMPLETE',
  IncompleteBody: 'INCOMPLETE',
};
const TRANSIENT = new Set(['SlowDown', 'ServiceUnavailable', 'InternalError', 'RequestTimeout', 'OperationAborted']);

/** What the driver throws, as one of our codes; `what` says what was tried, and on which key. */
export function fromDriver(error: unknown, what: string): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const serverCode = s3Code(error);
  if (serverCode === null) return fromConnection(error, what);
  const code = KNOWN[serverCode] ?? 'REFUSED';
  const retryable = TRANSIENT.has(serverCode) || code === 'INCOMPLETE';
  return new ObjectStoreError(code, `${what}: ${serverCode}: ${errorMessage(error)}`, { retryable });
}

function fromConnection(error: unknown, what: string): ObjectStoreError {
  const message = errorMessage(error);
  // The driver refuses arguments with errors of its own, which no repetition mends.
  if (error instanceof Error && error.name.startsWith('Invalid')) {
    return new ObjectStoreError('REFUSED', `${what}: ${message}`, { cause: error });
  }
  const status = /Retryable HTTP status: (\d+)/.exec(message)?.[1];
  if (status !== undefined) {
    return new ObjectStoreError('REFUSED', `${what}: the server is not able to now (${status})`, { retryable: true });
  }
  const code = /timed out/i.test(message) ? 'TIMED_OUT' : 'UNREACHABLE';
  const text = code === 'TIMED_OUT' ? 'the object store did not answer in time' : 'no complete answer';
  return new ObjectStoreError(code, `${what}: ${text}`, { cause: error, retryable: true });
}

/** The code in a server's answer; null when there was none. */
function s3Code(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'S3Error') return null;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'Unknown';
}
