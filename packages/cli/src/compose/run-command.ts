import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { EbbError, toError } from '@ebb/core';
import type { ComposeErrorCode } from './errors.ts';

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
  timeoutMs?: number;
  /** Shows the command's output as it comes instead of returning it. */
  isShown?: boolean;
  /** Reads standard output, as fast as it can, instead of having it collected. */
  read?: (output: Readable) => Promise<void>;
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
    const collect = async (output: Readable): Promise<void> => {
      for await (const chunk of output) out.push(chunk as Buffer);
    };
    const reading = child.stdout === null ? Promise.resolve() : (options.read ?? collect)(child.stdout);
    // Its failure is looked at when the program has ended; until then it must not count as unhandled.
    reading.catch(() => child.kill());
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    const name = `${command} ${args.join(' ')}`;
    child.on('error', (error) => {
      reject(new EbbError<ComposeErrorCode>('COMMAND_FAILED', `${name}: ${error.message}`));
    });
    child.on('close', (code) => {
      const said = Buffer.concat(errors).toString().trim().slice(-SHOWN_ERROR_CHARACTERS);
      reading.then(
        () => {
          if (code === 0) resolve(Buffer.concat(out).toString());
          else reject(new EbbError<ComposeErrorCode>('COMMAND_FAILED', `${name} ended with ${code}: ${said}`));
        },
        (error: unknown) => reject(toError(error)),
      );
    });
  });
}
