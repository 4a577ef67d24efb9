import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@ebb/config';
import { EbbError } from '@ebb/core';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Other `ebb` commands as processes of their own. */
export interface ChildCommands {
  /** Starts one, its output where ours goes, its settings beside ours. */
  start(args: readonly string[], settings?: Environment): ChildProcess;
  /** Runs one to its end; raises COMMAND_FAILED unless it exits 0. */
  run(args: readonly string[]): Promise<void>;
  /** As `run`, and gives what it printed; its errors are shown if it fails. */
  capture(args: readonly string[]): Promise<string>;
  /** Ends those that still run and waits for it. */
  stopAll(): Promise<void>;
}

export function childCommands(env: Environment): ChildCommands {
  const running = new Set<ChildProcess>();
  const launch = (args: readonly string[], output: 'inherit' | 'pipe', settings: Environment = {}): ChildProcess => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...settings, ...env },
      stdio: ['ignore', output, output],
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  const capture = async (args: readonly string[], output: 'inherit' | 'pipe'): Promise<string> => {
    const child = launch(args, output);
    let text = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = await once(child, 'close');
    if (code === 0) return text;
    throw new EbbError('COMMAND_FAILED', `ebb ${args.join(' ')} ended with ${code} ${errors || text}`.trimEnd());
  };
  return {
    start: (args, settings) => launch(args, 'inherit', settings),
    run: async (args) => void (await capture(args, 'inherit')),
    capture: (args) => capture(args, 'pipe'),
    stopAll: async () => {
      const ends = [...running].map((child) => once(child, 'close'));
      for (const child of running) child.kill('SIGTERM');
      await Promise.all(ends);
    },
  };
}
