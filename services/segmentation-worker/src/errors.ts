import { EbbError } from '@ebb/core';

/**
 * - `NO_PUBLICATION`: no build of the marts was published yet, or the one a run began with is gone.
 * - `NO_MARTS`: the published build has nothing of that source.
 * - `OTHER_DAY`: the marts are a picture of another day than the one asked for.
 * - `NO_FEATURES`: nobody to learn from.
 * - `BAD_TABLE`: a table that a job names, or a column of it, is not there, or it is too large.
 * - `BAD_FEATURE`: a figure is missing, not finite or below zero.
 * - `MODEL_FILE`: a model's file is missing, cut short, changed or of another format.
 * - `UNKNOWN_MODEL`: no model of that id, or no champion of that kind and source.
 * - `NO_LAKE_TYPE`: a column that Parquet and Iceberg have no type for.
 * - `NOT_PROMOTABLE`: the rows of the model's run are no longer there.
 * - `DRIFTED`: customers have become so different that the model no longer describes them.
 * - `ROWS_MISSING`: fewer rows stand in the warehouse than were written.
 * - `COMPUTE_FAILED`: the thread that computes ended without a result.
 * - `CANCELLED`: the signal came first.
 * - `NEEDS_A_LOOK`: the command ends with a status, for scripts: no run, or failed runs.
 * - `UNKNOWN_KIND`: no jobs of that kind.
 * - `BAD_PARAMS`: a job was asked for with other params than its kind has.
 * - `JOB_FAILED`: a job that was waited for.
 * - `BAD_ARGUMENT`: of a command.
 */
export type WorkerErrorCode =
  | 'NO_PUBLICATION'
  | 'NO_MARTS'
  | 'OTHER_DAY'
  | 'NO_FEATURES'
  | 'BAD_TABLE'
  | 'BAD_FEATURE'
  | 'MODEL_FILE'
  | 'UNKNOWN_MODEL'
  | 'NO_LAKE_TYPE'
  | 'NOT_PROMOTABLE'
  | 'DRIFTED'
  | 'ROWS_MISSING'
  | 'COMPUTE_FAILED'
  | 'CANCELLED'
  | 'NEEDS_A_LOOK'
  | 'UNKNOWN_KIND'
  | 'BAD_PARAMS'
  | 'JOB_FAILED'
  | 'BAD_ARGUMENT';

export class WorkerError extends EbbError<WorkerErrorCode> {}
