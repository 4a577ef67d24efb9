import { errorMessage } from '@ebb/core';
import type { ChildCommands } from '../child-commands.ts';

export interface LedgerVerdict {
  isClean: boolean;
  /** What `ebb ledger run --full` said. */
  report: string;
}

/** Every row at every hop, by the stack's own ledger: a second opinion that shares no code with the drill's. */
export async function askLedger(commands: ChildCommands): Promise<LedgerVerdict> {
  try {
    return { isClean: true, report: (await commands.capture(['ledger', 'run', '--full'])).trimEnd() };
  } catch (error) {
    return { isClean: false, report: errorMessage(error) };
  }
}
