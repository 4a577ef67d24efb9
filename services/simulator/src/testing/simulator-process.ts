import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { hostEnvironment } from '@ebb/config';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Outcome {
  code: number | null;
  output: string;
  errors: string;
}

/** The simulator as a process of its own, as a person or a container runs it. */
export function startSimulator(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...hostEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code: code as number | null, output, errors };
}

export function runSimulatorProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return outcome(startSimulator(args, env));
}
