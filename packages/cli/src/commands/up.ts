import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { identifyProcess, type ProcessIdentity } from '@ebb/local-stack';
import type { Command } from 'commander';
import { type CommandContext, commandContext } from '../context.ts';
import { StackError } from '../stack/errors.ts';
import { currentSupervisor, followStart, launchSupervisor, stopStack } from '../stack/launch.ts';
import { optionalParts } from '../stack/optional-parts.ts';
import { OPTIONAL_PART_NAMES, type PartName } from '../stack/part.ts';
import { reportStack } from '../stack/report.ts';
import { readState } from '../stack/state.ts';
import { formatAddresses } from './status-table.ts';

interface UpOptions {
  foreground?: boolean;
  with?: string[];
}

export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the stack (Postgres, Kafka, the services) and wait until all of it answers')
    .option('--foreground', 'stay until Ctrl-C, then stop the stack')
    .option('--with <part...>', `start optional parts too: ${OPTIONAL_PART_NAMES.join(', ')}`)
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const parts = optionalParts(options.with ?? []).map((part) => part.name);
  const context = commandContext();
  const interrupted = interruptSignal();
  const running = await currentSupervisor(context.home);
  if (running !== null) checkHas(context, parts);
  const launched =
    running === null ? launchSupervisor({ ...context, isAttached: options.foreground === true, parts }) : null;
  const supervisor = running ?? identify(launched);
  try {
    await followStart(context.home, supervisor, console.log, interrupted);
    if (!interrupted.aborted) await announce(context, running !== null);
    if (options.foreground === true) await untilEnded(launched, interrupted);
  } catch (error) {
    if (!interrupted.aborted) throw error;
  }
  if (interrupted.aborted) await interruptedStop(context);
}

/** A stack that runs gets no further parts: what it has was settled when it started. */
function checkHas({ home }: CommandContext, wanted: readonly PartName[]): void {
  const has = Object.keys(readState(home)?.parts ?? {});
  const missing = wanted.filter((name) => !has.includes(name));
  if (missing.length === 0) return;
  throw new StackError('ALREADY_UP', `Ebb is up without ${missing.join(' and ')}: "ebb down", then this again`);
}

function identify(child: ChildProcess | null): ProcessIdentity {
  const identity = identifyProcess(child?.pid ?? 0);
  if (identity === null) throw new StackError('START_FAILED', 'the supervisor could not be started');
  return identity;
}

/** Aborts at the first Ctrl-C; later ones are ignored while everything stops. */
function interruptSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!abort.signal.aborted) console.log('stopping…');
      abort.abort();
    });
  }
  return abort.signal;
}

async function announce({ home }: CommandContext, wasRunning: boolean): Promise<void> {
  console.log(wasRunning ? 'Ebb is already up.' : 'Ebb is up.');
  console.log(formatAddresses(await reportStack(home)));
}

/** In the foreground: until Ctrl-C, or until somebody else stops the stack. */
async function untilEnded(supervisor: ChildProcess | null, interrupted: AbortSignal): Promise<void> {
  console.log('Ctrl-C stops it.');
  const waits: Promise<unknown>[] = [];
  if (!interrupted.aborted) waits.push(once(interrupted, 'abort'));
  if (supervisor !== null) waits.push(once(supervisor, 'exit'));
  const alive = setInterval(() => {}, 60_000);
  await Promise.race(waits);
  clearInterval(alive);
}

async function interruptedStop({ home }: CommandContext): Promise<never> {
  await stopStack(home);
  throw new StackError('INTERRUPTED', 'interrupted; everything was stopped');
}
