import { EbbError } from '@ebb/core';

/**
 * - `BAD_PURCHASE`: a purchase without a customer or an invoice, or of a day that is none.
 * - `BAD_TABLE`: a customer twice, or a figure that is not a number, below zero, or too large.
 * - `NO_CUSTOMERS`: nobody to segment.
 * - `TOO_FEW_CUSTOMERS`: fewer different customers than clusters asked for.
 * - `BAD_COSTS`: a matrix of costs that has another size than said, or a cost that is not finite.
 * - `NOT_COMPARABLE`: a run that was made of other features than the published one.
 * - `MISSING_FEATURE`: a feature that was asked for, or that the published run has, is not there.
 * - `BAD_OPTION`: an option outside its range.
 */
export type SegmentsErrorCode =
  | 'BAD_PURCHASE'
  | 'BAD_TABLE'
  | 'NO_CUSTOMERS'
  | 'TOO_FEW_CUSTOMERS'
  | 'BAD_COSTS'
  | 'NOT_COMPARABLE'
  | 'MISSING_FEATURE'
  | 'BAD_OPTION';

export class SegmentsError extends EbbError<SegmentsErrorCode> {}
