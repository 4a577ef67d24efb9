import { EbbError } from '@ebb/core';

/**
 * - `UNKNOWN_LETTER`: no dead letter has this id.
 * - `NOT_CHOSEN`: neither ids nor a filter say which letters are meant.
 * - `NOT_CONFIRMED`: dropping needs --yes.
 * - `NOT_REPLAYED`: a letter that was asked for by id cannot be sent again; the message says why.
 */
export type DlqErrorCode = 'UNKNOWN_LETTER' | 'NOT_CHOSEN' | 'NOT_CONFIRMED' | 'NOT_REPLAYED';

export class DlqError extends EbbError<DlqErrorCode> {}
