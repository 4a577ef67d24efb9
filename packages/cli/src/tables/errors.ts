import { EbbError } from '@ebb/core';

/**
 * - `UNREADABLE_FILE`: the file is not there, may not be read, or its gzip is damaged.
 * - `EMPTY_TABLE`: no header, or no row behind it.
 * - `NOT_UTF8`: bytes that are no text of this encoding.
 * - `BAD_HEADER`: a column without a name, a name twice, or another separator than the comma.
 * - `BAD_LINE`: a line that is no CSV, or has another number of fields than the header.
 */
export type TableErrorCode = 'UNREADABLE_FILE' | 'EMPTY_TABLE' | 'NOT_UTF8' | 'BAD_HEADER' | 'BAD_LINE';

export class TableError extends EbbError<TableErrorCode> {}
