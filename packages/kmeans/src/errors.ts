import { EbbError } from '@ebb/core';

/**
 * - `EMPTY`: no rows, no columns or no values.
 * - `BAD_SHAPE`: lengths that do not fit each other.
 * - `NOT_FINITE`: NaN, an infinity, or a number whose square is none.
 * - `NO_SPREAD`: a column without spread, which no scaler can bring to unit spread.
 * - `BAD_OPTION`: an option out of its range.
 * - `TOO_FEW_ROWS`: fewer rows that differ than clusters asked for.
 * - `BAD_LABELS`: labels that are no cluster numbers, or only one cluster where two are needed.
 */
export type KMeansErrorCode =
  'EMPTY' | 'BAD_SHAPE' | 'NOT_FINITE' | 'NO_SPREAD' | 'BAD_OPTION' | 'TOO_FEW_ROWS' | 'BAD_LABELS';

export class KMeansError extends EbbError<KMeansErrorCode> {}
