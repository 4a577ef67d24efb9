import { EbbError } from '@ebb/core';

/**
 * What can go wrong around Superset.
 *
 * - `NOT_RUNNING`: the stack runs without Superset.
 * - `REFUSED`: Superset refused a request; the message has its answer.
 * - `NOT_EQUAL`: a tile shows something else than its statement, or nothing.
 */
export type SupersetErrorCode = 'NOT_RUNNING' | 'REFUSED' | 'NOT_EQUAL';

export class SupersetError extends EbbError<SupersetErrorCode> {}
