import { errorMessage } from '@ebb/core';

/** What a command that failed said; Node's own message repeats the whole command line. */
export function commandOutput(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return said || errorMessage(error);
}
