import { envFlag, loadConfig, option } from '@ebb/config';
import type { Command } from 'commander';
import { childCommands } from '../child-commands.ts';
import { commandContext } from '../context.ts';
import { runDemo } from '../demo/demo.ts';
import { StackError } from '../stack/errors.ts';
import { findSupervisors } from '../stack/ownership.ts';

const demoOptions = {
  isOneShot: option('DEMO_EXIT', envFlag(), {
    description: 'on: the demo ends with a status after its comparison',
    default: 'off',
  }),
};

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('start everything, replay a real year, simulate live traffic and prove the numbers')
    .action(demo);
}

async function demo(): Promise<void> {
  const { env, home } = commandContext();
  const { isOneShot } = loadConfig(demoOptions, env);
  // A stack that ran before stays up afterwards.
  const wasRunning = findSupervisors(home).length > 0;
  const commands = childCommands(env);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  interrupted.signal.addEventListener('abort', () => void commands.stopAll());
  try {
    await runDemo({
      home,
      env,
      commands,
      interrupted: interrupted.signal,
      isOneShot,
      nowMs: Date.now(),
      print: (line) => console.log(line),
    });
  } catch (error) {
    // What an interrupted step reports is the interruption.
    if (!interrupted.signal.aborted) throw error;
  } finally {
    await commands.stopAll();
    if (!wasRunning) await commands.run(['down']);
  }
  if (interrupted.signal.aborted) throw new StackError('INTERRUPTED', 'the demo was ended; nothing is left running');
}
