import { EbbError } from '@ebb/core';

/**
 * - `BUILD_RUNNING`: another build runs on this stack; two would write into the same tables.
 * - `NOT_PUBLISHED`: a model or test failed, or did not run; what was published before stays.
 * - `DBT_FAILED`: dbt could not do what it was told; its output is in the message.
 */
export type BuildErrorCode = 'BUILD_RUNNING' | 'NOT_PUBLISHED' | 'DBT_FAILED';

export class BuildError extends EbbError<BuildErrorCode> {}
