import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@ebb/config';
import { EbbError } from '@ebb/core';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts another `ebb` command as a process of its own, its output where ours goes. */
export function startEbb(args: readonly string[], env: Environment): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { env: { ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Runs another `ebb` command to its end; raises COMMAND_FAILED unless it exits 0. */
export async function runEbb(args: readonly string[], env: Environment): Promise<void> {
  const [code] = await once(startEbb(args, env), 'close');
  if (code !== 0) throw new EbbError('COMMAND_FAILED', `ebb ${args.join(' ')} ended with ${code}`);
}

/** As `runEbb`, and gives what the command printed; its errors go where ours go unless it fails. */
export async function captureEbb(args: readonly string[], env: Environment): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new EbbError('COMMAND_FAILED', `ebb ${args.join(' ')} ended with ${code}: ${errors || output}`);
  }
  return output;
}
