import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sleep } from '@ebb/core';
import type { Environment } from '@ebb/config';
import { isRunning, logTail, type ProcessIdentity, signalProcess } from '@ebb/local-stack';
import { StackError } from './errors.ts';
import { logFileOf, REPOSITORY, type StackHome } from './home.ts';
import { allGone, stopProcesses } from './orphans.ts';
import { findOwnProcesses, findSupervisors } from './ownership.ts';
import { OPTIONAL_PART_NAMES } from './part.ts';
import { nodeOptions } from './parts.ts';
import { readState, type StackState } from './state.ts';

const MAIN = fileURLToPath(new URL('../supervisor-main.ts', import.meta.url));
const POLL_MS = 100;
/** Services have 25 s, servers 20 s; the rest is for a busy machine. */
const STOP_TIMEOUT_MS = 60_000;

export interface LaunchOptions {
  home: StackHome;
  env: Environment;
  /** The supervisor ends with the calling process. */
  isAttached: boolean;
  /** Optional parts to start too. */
  parts?: readonly string[];
}

const WITH = '--with=';

/** Names of the optional parts that a supervisor was started with. */
export function withArguments(argv: readonly string[]): string[] {
  return argv.flatMap((argument) => (argument.startsWith(WITH) ? [argument.slice(WITH.length)] : []));
}

/** Starts a supervisor in the background; it writes nothing to the terminal. */
export function launchSupervisor({ home, env, isAttached, parts = [] }: LaunchOptions): ChildProcess {
  const log = openSync(logFileOf(home, 'supervisor'), 'a', 0o600);
  try {
    const args = [...nodeOptions(home, 'supervisor'), MAIN, ...(isAttached ? ['--attached'] : [])];
    args.push(...parts.map((name) => `${WITH}${name}`));
    const child = spawn(process.execPath, args, {
      env: { ...env, EBB_HOME: home.root },
      cwd: REPOSITORY,
      detached: true,
      stdio: [isAttached ? 'pipe' : 'ignore', log, log],
    });
    if (!isAttached) child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The optional parts that the stack runs with, or ran with before it was stopped. */
export function lastOptionalParts(home: StackHome): string[] {
  const names: readonly string[] = OPTIONAL_PART_NAMES;
  return Object.keys(readState(home)?.parts ?? {}).filter((name) => names.includes(name));
}

/** The supervisor that runs now and is not about to end; waits for one that is. */
export async function currentSupervisor(home: StackHome): Promise<ProcessIdentity | null> {
  const [supervisor] = findSupervisors(home);
  if (supervisor === undefined) return null;
  const phase = stateOf(home, supervisor)?.phase;
  if (phase === undefined || phase === 'starting' || phase === 'ready') return supervisor;
  await allGone([supervisor], STOP_TIMEOUT_MS);
  return null;
}

/**
 * Follows a start until the stack is ready; `show` gets every line of progress once. Raises START_FAILED with the
 * supervisor's reason once everything has been stopped again.
 */
export async function followStart(
  home: StackHome,
  first: ProcessIdentity,
  show: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let supervisor = first;
  for (let shown = 0; !signal.aborted; await sleep(POLL_MS, signal)) {
    // Asked before the state is read, so that the last words of one that just ended are heard.
    const wasRunning = isRunning(supervisor);
    const state = stateOf(home, supervisor);
    for (; shown < (state?.progress.length ?? 0); shown += 1) show(state?.progress[shown] ?? '');
    if (state?.phase === 'ready') return;
    if (state?.phase === 'failed') throw await failed(supervisor, state.problem ?? 'unknown');
    if (state?.phase === 'stopping' || state?.phase === 'stopped')
      throw await failed(supervisor, 'it was told to stop');
    if (wasRunning) continue;
    // Two starts at once: ours gave way to the other.
    const other = findSupervisors(home)[0];
    if (other === undefined) throw notStarted(home);
    supervisor = other;
  }
}

function stateOf(home: StackHome, supervisor: ProcessIdentity): StackState | null {
  const state = readState(home);
  const isOwn = state?.supervisor.pid === supervisor.pid && state.supervisor.startToken === supervisor.startToken;
  return isOwn ? state : null;
}

async function failed(supervisor: ProcessIdentity, problem: string): Promise<StackError> {
  await allGone([supervisor], STOP_TIMEOUT_MS);
  return new StackError('START_FAILED', `the stack did not start: ${problem}`);
}

function notStarted(home: StackHome): StackError {
  const log = logFileOf(home, 'supervisor');
  return new StackError('START_FAILED', `the supervisor ended; its log ${log} ends:\n${logTail(log)}`);
}

/** Stops supervisor and every process of the stack. Returns how many processes there were; 0: nothing ran. */
export async function stopStack(home: StackHome): Promise<number> {
  const supervisors = findSupervisors(home);
  const before = supervisors.length + findOwnProcesses(home).length;
  for (const supervisor of supervisors) signalProcess(supervisor, 'SIGTERM');
  if (!(await allGone(supervisors, STOP_TIMEOUT_MS))) {
    for (const supervisor of supervisors) signalProcess(supervisor, 'SIGKILL');
    await allGone(supervisors, 5_000);
  }
  // Left by a supervisor that was killed, now or earlier.
  const orphans = findOwnProcesses(home);
  if (orphans.length > 0) await stopProcesses(home, orphans);
  return before;
}
