import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@ebb/config';
import { z } from 'zod';
import { REPOSITORY } from '../stack/home.ts';
import { type ComposeModel, parseModel } from './model.ts';
import { portVariables } from './port-variables.ts';
import { runCommand } from './run-command.ts';

/** Images are downloaded and built. */
const LONG_MS = 3_600_000;
const psSchema = z.object({ Service: z.string() });

/** `docker compose` on this repository's file, with the caller's environment. */
export class Docker {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  run(args: readonly string[]): Promise<string> {
    return runCommand('docker', args, { cwd: REPOSITORY, env: { ...this.#env } });
  }

  compose(args: readonly string[]): Promise<string> {
    return this.run(['compose', ...args]);
  }

  /** Its output goes to the terminal as it comes. */
  async show(args: readonly string[]): Promise<void> {
    const options = { cwd: REPOSITORY, env: { ...this.#env }, isShown: true, timeoutMs: LONG_MS };
    await runCommand('docker', ['compose', ...args], options);
  }

  /** Every service, whatever its profile. */
  async model(): Promise<ComposeModel> {
    return parseModel(await this.compose(['--profile', '*', 'config', '--format', 'json']));
  }

  async running(): Promise<string[]> {
    const text = await this.compose(['--profile', '*', 'ps', '--format', 'json']);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => psSchema.parse(JSON.parse(line)).Service);
  }

  async portVariables(): Promise<Map<string, string>> {
    return portVariables(await readFile(join(REPOSITORY, 'docker-compose.yml'), 'utf8'));
  }
}
