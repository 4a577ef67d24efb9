import { enableCompileCache } from 'node:module';
import { errorMessage, isEbbError } from '@ebb/core';
import { Command } from 'commander';
import { registerAsked } from './commands.ts';
import { COMPILE_CACHE } from './compile-cache.ts';

const EXIT_INTERRUPTED = 130;

const program = new Command('ebb')
  .description('Runs and operates Ebb: the embedded stack, its database, keys, data and checks.')
  .configureHelp({ showGlobalOptions: true })
  .enablePositionalOptions()
  .showHelpAfterError('(see ebb --help)');
enableCompileCache(COMPILE_CACHE);
await registerAsked(program, process.argv[2]);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`ebb: ${errorMessage(error)}`);
  process.exitCode = isEbbError(error, 'INTERRUPTED') ? EXIT_INTERRUPTED : 1;
}
