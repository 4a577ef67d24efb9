import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, hostEnvironment } from '@ebb/config';
import { descendants, processArguments } from '@ebb/local-stack';
import { type StackHome, stackHome } from './home.ts';
import { findOwnProcesses, findSupervisors } from './ownership.ts';
import { reportStack, type StackReport } from './report.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('../../bin/ebb.js', import.meta.url));

export interface Outcome {
  code: number | null;
  output: string;
}

/** A stack of a test's own, driven through the command line as a person would. */
export class TestStack {
  readonly home: StackHome;
  readonly #env: Environment;

  constructor(env: Record<string, string> = {}) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'ebb-e2e-')));
    this.#env = { ...hostEnvironment(), EBB_HOME: root, ...env };
    this.home = stackHome({ EBB_HOME: root });
  }

  /** Starts `ebb ...`; the caller waits for it. */
  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [LAUNCHER, ...args], {
      env: { ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return outcome(this.start(args, env));
  }

  /** What `ebb status --json` prints, without two starts of Node. */
  status(): Promise<StackReport> {
    return reportStack(this.home);
  }

  /** Every process of this stack, supervisors included. */
  processes(): number[] {
    return [...findSupervisors(this.home), ...findOwnProcesses(this.home)].map((one) => one.pid);
  }

  /** The launcher and the command it runs, without what that has started. */
  commandProcesses(launcher: number): number[] {
    return [launcher, ...descendants(launcher).filter(isCommand)];
  }

  async dispose(): Promise<void> {
    await this.run(['down']);
    rmSync(this.home.root, { recursive: true, force: true });
  }
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code: code as number | null, output };
}

/** Resolves when the process has printed this. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
    });
    child.once('exit', () => {
      reject(new Error(`ended without printing "${text}": ${seen}`));
    });
  });
}

function isCommand(pid: number): boolean {
  return processArguments(pid)?.includes(MAIN) === true;
}
