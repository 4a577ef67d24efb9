import { EbbError } from '@ebb/core';

/**
 * - `SOURCE_UNREADABLE`: a folder or object cannot be read, for now.
 * - `SOURCE_CHANGED`: a file was written while it was read.
 * - `NO_SOURCE`: neither a folder nor an object store is configured.
 * - `UPLOAD_FAILED`: daily files could not be sent to the object store.
 * - `UNKNOWN_FILE`: nothing was loaded under that name.
 * - `FILES_OPEN`: the command ends with a status, for scripts: files were refused, failed or wait.
 */
export type LoaderErrorCode =
  'SOURCE_UNREADABLE' | 'SOURCE_CHANGED' | 'NO_SOURCE' | 'UPLOAD_FAILED' | 'UNKNOWN_FILE' | 'FILES_OPEN';

export class LoaderError extends EbbError<LoaderErrorCode> {}

/** Rules that a whole file breaks. */
export type FileRule =
  /** It is no file of its format, as far as its first bytes tell. */
  | 'file_format'
  /** It is not UTF-8: UTF-16, or bytes that are no text. */
  | 'file_encoding'
  /** It is cut off: a quote, a bracket, a line or a trailer is missing at its end. */
  | 'file_truncated'
  /** There is nothing in it, not even a header. */
  | 'file_empty'
  | 'header_missing'
  | 'header_unknown'
  | 'header_repeated'
  /** A column of another type than the table's. */
  | `type_${string}`
  /** So many lines were refused that it is no file of this data set. */
  | 'file_mostly_refused';

/** What is wrong with a file or a line, and what to do about it. */
export interface Broken {
  readonly rule: string;
  readonly detail: string;
}

/** A file that is not loaded, for reasons in itself: reading it again gives the same. */
export class FileRefused extends Error {
  readonly broken: readonly Broken[];
  /** Line the reader gave up at; 0: the file as a whole. */
  readonly raw: string;

  constructor(broken: readonly (Broken & { rule: FileRule })[], raw = '') {
    super(broken.map(({ detail }) => detail).join('; '));
    this.name = 'FileRefused';
    this.broken = broken;
    this.raw = raw;
  }
}
