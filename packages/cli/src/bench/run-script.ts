import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '@ebb/config';
import { EbbError, must } from '@ebb/core';
import { listenForInterruption } from '@ebb/local-stack';

/**
 * Runs a script with this Node to its end, its output where ours goes; raises BENCHMARK_FAILED unless it exits 0. It has a
 * process group of its own: an interruption is sent on to the whole group, once, and waited for, because a script that is
 * told twice no longer ends its servers.
 */
export async function runScript(script: string, args: readonly string[], env: Environment): Promise<void> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env, detached: true });
  const ended = once(child, 'close');
  const interruption = listenForInterruption('the benchmark is ended');
  try {
    const [code, signal] = await Promise.race([ended, interruption.raised]);
    if (code !== 0) throw new EbbError('BENCHMARK_FAILED', `${script} ended with ${code ?? signal}`);
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null) process.kill(-must(child.pid, 'it runs'), 'SIGTERM');
    await ended;
    throw error;
  } finally {
    interruption.stop();
  }
}
