import { EbbError } from '@ebb/core';

/**
 * - `UNKNOWN_COLUMN`: a column that the table does not have.
 * - `BAD_DATE`: a cell or option that is no day.
 * - `BAD_AMOUNT`: a cell that is no amount.
 * - `BAD_QUANTITY`: a cell that is no whole number.
 * - `MISSING_COLUMN`: an option that this format needs.
 * - `NO_PURCHASES`: no row names a customer.
 */
export type ClvErrorCode =
  'UNKNOWN_COLUMN' | 'BAD_DATE' | 'BAD_AMOUNT' | 'BAD_QUANTITY' | 'MISSING_COLUMN' | 'NO_PURCHASES';

export class ClvError extends EbbError<ClvErrorCode> {}
