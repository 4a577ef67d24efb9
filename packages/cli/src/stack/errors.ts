import { EbbError } from '@ebb/core';

/**
 * - `NOT_RUNNING`: the command needs a running stack.
 * - `ALREADY_UP`: the stack runs, without what is asked for.
 * - `START_FAILED`: a part could not be started; everything was stopped again.
 * - `STOP_FAILED`: a process survived even SIGKILL.
 * - `UNKNOWN_PART`: no part of that name.
 * - `SECRETS_LOST`: data exists and the passwords to it do not.
 * - `RESTORE_UNFINISHED`: only a part of a backup is in place.
 * - `INTERRUPTED`: Ctrl-C while something was under way.
 */
export type StackErrorCode =
  | 'NOT_RUNNING'
  | 'ALREADY_UP'
  | 'START_FAILED'
  | 'STOP_FAILED'
  | 'UNKNOWN_PART'
  | 'SECRETS_LOST'
  | 'RESTORE_UNFINISHED'
  | 'INTERRUPTED';

export class StackError extends EbbError<StackErrorCode> {}
