import { findProcesses, identifyProcess, isRunning, ownerArgument, type ProcessIdentity } from '@ebb/local-stack';
import type { StackHome } from './home.ts';

/**
 * What marks a process as this stack's, whatever the state file says (it may be lost, damaged or older than a crash):
 * an argument with the real path of its home.
 */
export function isOwnProcess(home: StackHome, argv: readonly string[]): boolean {
  const marks = [home.postgres, ownerArgument(home.root)];
  if (argv.some((argument) => marks.includes(argument))) return true;
  return argv.some((argument) => /^(--title=)?ebb-/.test(argument) && argument.endsWith(`:${home.root}`));
}

/** Name a Node process of this stack goes by in process lists. */
export function processTitle(home: StackHome, part: string): string {
  return `ebb-${part}:${home.root}`;
}

/** Every process of this stack but its supervisor: servers, services, downloads and preparations. */
export function findOwnProcesses(home: StackHome): ProcessIdentity[] {
  return findProcesses((argv) => isOwnProcess(home, argv) && !isSupervisor(home, argv));
}

function isSupervisor(home: StackHome, argv: readonly string[]): boolean {
  const title = processTitle(home, 'supervisor');
  return argv.some((argument) => argument === title || argument === `--title=${title}`);
}

/** Other supervisors of this stack than the calling process. */
export function findSupervisors(home: StackHome): ProcessIdentity[] {
  return findProcesses((argv) => isSupervisor(home, argv));
}

/**
 * Whether the calling supervisor must give way. Of two that start at once each sees the other in the process list, and
 * both come to the same answer: the one that started later goes. There is no lock file that could be stale.
 */
export function mustYield(self: ProcessIdentity, others: readonly ProcessIdentity[]): boolean {
  const own = startOrder(self);
  return others.some((other) => {
    const order = startOrder(other);
    return order < own || (order === own && other.pid < self.pid);
  });
}

/** `<boot id>:<ticks>` on Linux, a date in words elsewhere. */
function startOrder({ startToken }: ProcessIdentity): number {
  const ticks = /^[\w-]*:(\d+)$/.exec(startToken)?.[1];
  return ticks === undefined ? Date.parse(startToken) : Number(ticks);
}

export function ownIdentity(): ProcessIdentity {
  return identifyProcess(process.pid) ?? { pid: process.pid, startToken: '' };
}

export function anyRunning(processes: readonly ProcessIdentity[]): boolean {
  return processes.some(isRunning);
}
