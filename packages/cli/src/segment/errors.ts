import { EbbError } from '@ebb/core';

/**
 * - `UNKNOWN_COLUMN`: a column that the table does not have.
 * - `BAD_FIGURE`: a customer without a name, or a cell that is not a number.
 */
export type SegmentErrorCode = 'UNKNOWN_COLUMN' | 'BAD_FIGURE';

export class SegmentError extends EbbError<SegmentErrorCode> {}
