import { EbbError } from '@ebb/core';

/**
 * - `NOT_RUNNING`: the command needs a running stack.
 * - `START_FAILED`: a part could not be started; everything was stopped again.
 * - `STOP_FAILED`: a process survived even SIGKILL.
 * - `UNKNOWN_PART`: no part of that name.
 * - `SECRETS_LOST`: data exists and the passwords to it do not.
 * - `RESTORE_UNFINISHED`: only a part of a backup is in place.
 * - `INTERRUPTED`: Ctrl-C while something was under way.
 */
export type StackErrorCode =
  | 'NOT_RUNNING'
  | 'START_FAILED'
  | 'STOP_FAILED'
  | 'UNKNOWN_PART'
  | 'SECRETS_LOST'
  | 'RESTORE_UNFINISHED'
  | 'INTERRUPTED';

export class StackError extends EbbError<StackErrorCode> {}
