import { appendFileSync } from 'node:fs';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import { logFileOf, stackHome } from './stack/home.ts';
import { withArguments } from './stack/launch.ts';
import { findSupervisors, mustYield, ownIdentity } from './stack/ownership.ts';
import { optionalParts } from './stack/optional-parts.ts';
import { PARTS } from './stack/parts.ts';
import { Supervisor } from './stack/supervisor.ts';

/**
 * The process behind `ebb up`. It belongs to no terminal; with `--attached` it ends when its standard input does, so
 * that a foreground stack cannot outlive whoever started it. Exit code 0: stopped when asked, or another supervisor
 * was first; 1: the start failed.
 */
const env = hostEnvironment();
const home = stackHome(env);

function log(entry: Record<string, unknown>): void {
  const line = JSON.stringify({ time: new Date().toISOString(), name: 'supervisor', ...entry });
  appendFileSync(logFileOf(home, 'supervisor'), `${line}\n`);
}

async function main(): Promise<void> {
  if (mustYield(ownIdentity(), findSupervisors(home))) {
    log({ event: 'yielded' });
    return;
  }
  const extra = optionalParts(withArguments(process.argv));
  const supervisor = new Supervisor({ home, env, parts: [...PARTS, ...extra], log });
  const stop = (why: string): void => {
    log({ event: 'stop_requested', why });
    supervisor.stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  process.on('SIGHUP', () => log({ event: 'hangup_ignored' }));
  // Children must be stopped before this process ends, whatever went wrong here.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => stop(errorMessage(error)));
  }
  if (process.argv.includes('--attached')) {
    const ended = (): void => stop('input closed');
    process.stdin.on('end', ended).on('error', ended).resume();
  }
  const isOrderly = await supervisor.run();
  log({ event: 'exited', isOrderly });
  process.exitCode = isOrderly ? 0 : 1;
  process.stdin.destroy();
}

await main();
