import { EbbError } from '@ebb/core';

/**
 * - `UNKNOWN_DATASET`: the checkout lacks a file of `data/`.
 * - `BAD_SOURCE`: a file that is not transactions of Online Retail II, or not readable.
 * - `UNMAPPED_DAY`: a day that the day map does not shift.
 * - `BAD_DAY`: a day that is none.
 */
export type DatasetErrorCode = 'UNKNOWN_DATASET' | 'BAD_SOURCE' | 'UNMAPPED_DAY' | 'BAD_DAY';

export class DatasetError extends EbbError<DatasetErrorCode> {}
