import { EbbError } from '@ebb/core';

/**
 * Everything the models of purchases raise on purpose.
 *
 * - `NO_CUSTOMERS`: nothing to fit, or nobody bought in the calibration period.
 * - `TOO_FEW_REPEAT_BUYERS`: nobody, or hardly anybody, bought twice: the data say nothing about rates.
 * - `BAD_HISTORY`: a purchase history that cannot be (negative, not finite, last purchase after the end, columns of unequal length).
 * - `BAD_ARGUMENT`: an option or argument outside of its range.
 * - `BAD_PURCHASE_FILE`: a line that is not a purchase.
 * - `NOT_NUMERIC`: a function has no value there, or a series did not settle.
 */
export type CustomerModelErrorCode =
  'NO_CUSTOMERS' | 'TOO_FEW_REPEAT_BUYERS' | 'BAD_HISTORY' | 'BAD_ARGUMENT' | 'BAD_PURCHASE_FILE' | 'NOT_NUMERIC';

export class CustomerModelError extends EbbError<CustomerModelErrorCode> {}
