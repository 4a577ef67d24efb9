import type { Command } from 'commander';
import { runBackup } from '../backup/backup.ts';
import { runRestore } from '../backup/restore.ts';
import { commandContext } from '../context.ts';

export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('copy all data of the stack into a new folder; a running stack pauses for the last part')
    .argument('<folder>', 'new or empty; it will hold the passwords too')
    .action(async (directory: string) => {
      await whileBusy(() => runBackup({ ...commandContext(), directory, print: (line) => console.log(line) }));
    });
  program
    .command('restore')
    .description('check a backup and put it into an empty stack (EBB_HOME); then: ebb up')
    .argument('<folder>', 'what ebb backup made')
    .action(async (directory: string) => {
      await whileBusy(() => runRestore({ ...commandContext(), directory, print: (line) => console.log(line) }));
    });
}

function onSignal(): void {
  console.log('finishing first; it will not be long');
}

/** Ctrl-C must not leave a stopped stack behind: the step is carried to its end. */
async function whileBusy(work: () => Promise<unknown>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    await work();
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
