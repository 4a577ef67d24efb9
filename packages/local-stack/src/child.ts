import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { errorMessage } from '@ebb/core';
import { LocalStackError } from './errors.ts';

export interface ExitInfo {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child that writes straight into a file: it outlives a supervisor that dies, and no full pipe can block it. */
export interface LoggedChild {
  pid: number;
  /** Resolves once, however the process ends; never rejects. */
  exited: Promise<ExitInfo>;
  /** Null while it runs. */
  exitInfo(): ExitInfo | null;
  /** Sends `signal`, waits, then SIGKILL. Resolves when the process is gone; safe to call twice. */
  stop(options: { signal: NodeJS.Signals; graceMs: number }): Promise<ExitInfo>;
  kill(signal: NodeJS.Signals): void;
}

export interface LoggedChildOptions {
  command: string;
  args: readonly string[];
  logFile: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/** Starts a process in its own group, so that Ctrl-C at a terminal reaches only who asked for it. */
export async function spawnLogged(options: LoggedChildOptions): Promise<LoggedChild> {
  const log = openSync(options.logFile, 'a', 0o600);
  const spawnOptions: SpawnOptions = {
    stdio: ['ignore', log, log],
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  };
  try {
    const child = spawn(options.command, [...options.args], spawnOptions);
    const exit: { info: ExitInfo | null } = { info: null };
    const exited = exitOf(child, exit);
    await Promise.race([once(child, 'spawn'), exited]);
    if (child.pid === undefined) throw new LocalStackError('SERVER_EXITED', `${options.command} could not be started`);
    return {
      pid: child.pid,
      exited,
      exitInfo: () => exit.info,
      stop: (how) => stopChild(child, exited, how),
      kill: (signal) => child.kill(signal),
    };
  } finally {
    closeSync(log);
  }
}

function exitOf(child: ChildProcess, state: { info: ExitInfo | null }): Promise<ExitInfo> {
  return new Promise((resolve) => {
    const settle = (info: ExitInfo): void => {
      state.info = info;
      resolve(info);
    };
    child.once('exit', (code, signal) => {
      settle({ code, signal });
    });
    child.once('error', () => {
      if (child.pid === undefined) settle({ code: 127, signal: null });
    });
  });
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<ExitInfo>,
  how: { signal: NodeJS.Signals; graceMs: number },
): Promise<ExitInfo> {
  child.kill(how.signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), how.graceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

/** The last bytes of a log, for error messages. Empty when there is none. */
export function logTail(file: string, maxBytes = 2_000): string {
  try {
    const size = statSync(file).size;
    const length = Math.min(size, maxBytes);
    const buffer = Buffer.alloc(length);
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, buffer, 0, length, size - length);
    } finally {
      closeSync(descriptor);
    }
    return buffer.toString('utf8').trim();
  } catch {
    return '';
  }
}

export function describeExit(exit: ExitInfo): string {
  return exit.signal === null ? `exit code ${String(exit.code)}` : `signal ${exit.signal}`;
}

/** What a command that ended badly said on its standard error; Node's own message repeats the whole command line. */
export function commandFailure(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return said || errorMessage(error);
}
