import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, hostEnvironment } from '@ebb/config';
import { EbbError } from '@ebb/core';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

const partSchema = z.object({ pid: z.number().nullable(), state: z.string() });
const statusSchema = z.object({
  postgres: partSchema.extend({ url: z.string() }),
  kafka: partSchema.extend({ brokers: z.string() }),
  collector: partSchema.extend({ url: z.string(), writeKey: z.string() }),
  aggregator: partSchema.extend({ url: z.string() }),
  dashboard: partSchema.extend({ url: z.string() }),
});
export type StackStatus = z.infer<typeof statusSchema>;

export interface PrivateStack {
  /** Environment under which `ebb` commands act on this stack. */
  readonly env: Environment;
  status(): Promise<StackStatus>;
  /** Runs an `ebb` command against the stack; its standard output. */
  ebb(args: string[]): Promise<string>;
}

/**
 * Brings up a stack of its own in a temporary folder, beside whatever runs already, and takes it down again whatever
 * happens in `fn`. Drills and benchmarks must neither meet nor disturb a stack somebody uses.
 */
export async function withPrivateStack<T>(name: string, fn: (stack: PrivateStack) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), `ebb-${name}-`));
  const env = { ...hostEnvironment(), EBB_HOME: home };
  const stack: PrivateStack = {
    env,
    status: async () => statusSchema.parse(JSON.parse(await runEbb(['status', '--json'], env))),
    ebb: (args) => runEbb(args, env),
  };
  try {
    await runEbb(['up'], env);
    return await fn(stack);
  } finally {
    await runEbb(['down'], env);
    await rm(home, { recursive: true, force: true });
  }
}

async function runEbb(args: string[], env: Environment): Promise<string> {
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
