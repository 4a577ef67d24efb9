import { spawn } from 'node:child_process';
import { EbbError } from '@ebb/core';
import type { ComposeErrorCode } from './errors.ts';

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
  timeoutMs?: number;
  /** Shows the command's output as it comes instead of returning it. */
  isShown?: boolean;
  /** Gets standard output piece by piece instead of having it collected. */
  onOutput?: (chunk: Buffer) => void;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const SHOWN_ERROR_CHARACTERS = 4_000;

/** Runs a program to its end and returns its standard output; raises COMMAND_FAILED with what it said on errors. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', options.isShown ? 'inherit' : 'pipe', options.isShown ? 'inherit' : 'pipe'],
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
    child.stdout?.on('data', options.onOutput ?? ((chunk: Buffer) => out.push(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    const name = `${command} ${args.join(' ')}`;
    child.on('error', (error) => {
      reject(new EbbError<ComposeErrorCode>('COMMAND_FAILED', `${name}: ${error.message}`));
    });
    child.on('close', (code) => {
      const said = Buffer.concat(errors).toString().trim().slice(-SHOWN_ERROR_CHARACTERS);
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new EbbError<ComposeErrorCode>('COMMAND_FAILED', `${name} ended with ${code}: ${said}`));
    });
  });
}
