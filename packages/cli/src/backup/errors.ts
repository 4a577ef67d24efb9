import { EbbError } from '@ebb/core';

/**
 * - `BACKUP_PLACE`: the folder cannot take a backup: it holds something, or lies inside the stack.
 * - `NO_SPACE`: the disk would not hold the copy.
 * - `NOTHING_TO_BACK_UP`: the stack has no data yet.
 * - `BACKUP_DAMAGED`: a file of the backup is missing, cut, altered or added.
 * - `BACKUP_NEWER`: made by a version that knows more than this one.
 * - `STACK_HAS_DATA`: a restore would overwrite something.
 * - `STACK_BUSY`: processes of the stack run that the step cannot have beside it.
 */
export type BackupErrorCode =
  | 'BACKUP_PLACE'
  | 'NO_SPACE'
  | 'NOTHING_TO_BACK_UP'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_NEWER'
  | 'STACK_HAS_DATA'
  | 'STACK_BUSY';

export class BackupError extends EbbError<BackupErrorCode> {}
