import { EbbError } from '@ebb/core';

/**
 * What can go wrong around the object store.
 *
 * - `UNREACHABLE`: no connection, or one that broke; what was sent may have been stored.
 * - `TIMED_OUT`: nothing moved for too long; likewise.
 * - `ACCESS_DENIED`: the server knows the login not, or does not let it do this.
 * - `NO_SUCH_BUCKET`, `NO_SUCH_KEY`: it is not there.
 * - `BAD_KEY`: a key that not every S3 server takes, refused before it is sent.
 * - `BAD_URL`: the address does not name an S3 server.
 * - `INCOMPLETE`: fewer or other bytes arrived than the server announced.
 * - `NO_FOLDER`, `BAD_DAY`: of an upload, before anything is sent.
 * - `REFUSED`: any other answer that is an error; the message carries the server's own code.
 */
export type ObjectStoreErrorCode =
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'ACCESS_DENIED'
  | 'NO_SUCH_BUCKET'
  | 'NO_SUCH_KEY'
  | 'BAD_KEY'
  | 'BAD_URL'
  | 'INCOMPLETE'
  | 'NO_FOLDER'
  | 'BAD_DAY'
  | 'REFUSED';

export class ObjectStoreError extends EbbError<ObjectStoreErrorCode> {}

/** Whether repeating the same request may succeed: connection lost, time-out, an overloaded server. */
export function isObjectStoreTransient(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.retryable;
}
