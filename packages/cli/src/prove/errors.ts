import { EbbError } from '@ebb/core';

/**
 * - `DBT_FAILED`: a command of dbt ended with an error.
 * - `DBT_ENDED`: dbt's process is gone.
 * - `NOTHING_TO_PROVE`: the project has no incremental model.
 * - `MUTANT_NOT_APPLICABLE`: a text that a mutant replaces is not in the project any more.
 * - `NOTHING_KILLED`: the statement at which a build was to be killed never came.
 */
export type ProveErrorCode =
  'DBT_FAILED' | 'DBT_ENDED' | 'NOTHING_TO_PROVE' | 'MUTANT_NOT_APPLICABLE' | 'NOTHING_KILLED';

export class ProveError extends EbbError<ProveErrorCode> {}
