import { EbbError } from '@ebb/core';

/**
 * - `BAD_URL`: not the address of a PostgreSQL, MySQL or MariaDB database.
 * - `PASSWORD_IN_ARGUMENT`: everybody on the machine can read command lines, and shells keep them.
 * - `BAD_TABLE`: a name that cannot be a table's, there or here.
 * - `NOT_AN_IMPORT`: the table to replace was not made by an import.
 * - `NO_ROWS_READ`: the foreign table is not there, or cannot be read; the message carries the server's words.
 */
export type LoadTableErrorCode = 'BAD_URL' | 'PASSWORD_IN_ARGUMENT' | 'BAD_TABLE' | 'NOT_AN_IMPORT' | 'NO_ROWS_READ';

export class LoadTableError extends EbbError<LoadTableErrorCode> {}
