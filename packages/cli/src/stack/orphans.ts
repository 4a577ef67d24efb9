import { sleep } from '@ebb/core';
import { isRunning, processArguments, type ProcessIdentity, signalProcess } from '@ebb/local-stack';
import { StackError } from './errors.ts';
import type { StackHome } from './home.ts';

const GRACE_MS = 20_000;
const KILL_GRACE_MS = 5_000;

/**
 * Stops processes that no supervisor watches: services first, so that they can still flush, then the servers.
 * Raises STOP_FAILED with the pids that survive SIGKILL.
 */
export async function stopProcesses(home: StackHome, processes: readonly ProcessIdentity[]): Promise<void> {
  const services = processes.filter((one) => processArguments(one.pid)?.some((arg) => arg.startsWith('ebb-')) === true);
  const servers = processes.filter((one) => !services.includes(one));
  await stopTogether(home, services);
  await stopTogether(home, servers);
}

async function stopTogether(home: StackHome, processes: readonly ProcessIdentity[]): Promise<void> {
  for (const one of processes) {
    // SIGTERM would let Postgres wait for its clients to leave.
    const isPostgres = processArguments(one.pid)?.includes(home.postgres) === true;
    signalProcess(one, isPostgres ? 'SIGINT' : 'SIGTERM');
  }
  if (await allGone(processes, GRACE_MS)) return;
  for (const one of processes) signalProcess(one, 'SIGKILL');
  if (await allGone(processes, KILL_GRACE_MS)) return;
  const pids = processes.filter(isRunning).map((one) => one.pid);
  throw new StackError(
    'STOP_FAILED',
    `processes ${pids.join(', ')} survive SIGKILL; look at them with: ps -fp ${pids.join(',')}`,
  );
}

/** Polls until none of them runs; false at the deadline. */
export async function allGone(processes: readonly ProcessIdentity[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (processes.some(isRunning)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
