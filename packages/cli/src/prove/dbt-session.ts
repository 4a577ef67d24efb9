import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import { hostEnvironment } from '@ebb/config';
import { must } from '@ebb/core';
import { dbtEnvironment, dbtPython } from '@ebb/local-stack';
import { z } from 'zod';
import { ProveError } from './errors.ts';

const SCRIPT = join(import.meta.dirname, 'command_loop.py');

const replySchema = z.object({ ok: z.boolean(), error: z.string().nullable(), failed: z.array(z.string()) });

export interface DbtSessionOptions {
  /** The dbt project. */
  project: string;
  /** Of a user that may do everything. */
  clickhouseUrl: string;
  /** Compiled SQL, manifest and logs go here. */
  workDirectory: string;
  threads: number;
  /** In which days begin and end. */
  timezone: string;
}

/** dbt in a process of its own that takes one command after the other. */
export class DbtSession {
  readonly #child: ChildProcess;
  readonly #replies: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #logFile: string;
  /** Resolves when the process is gone, however it ended. */
  readonly ended: Promise<unknown>;

  constructor(options: DbtSessionOptions) {
    this.#logFile = join(options.workDirectory, 'dbt.log');
    const log = openSync(this.#logFile, 'a');
    this.#child = spawn(dbtPython(), [SCRIPT], {
      cwd: options.project,
      env: {
        ...hostEnvironment(),
        ...dbtEnvironment(options),
        EBB_DBT_THREADS: String(options.threads),
        EBB_BUSINESS_TIMEZONE: options.timezone,
      },
      stdio: ['pipe', log, log, 'pipe'],
    });
    // A killed process takes no more; that it ended is told by the reply that does not come.
    this.#child.stdin?.on('error', () => {});
    this.ended = once(this.#child, 'close');
    const replies = must(this.#child.stdio[3], 'a pipe');
    this.#reader = createInterface({ input: replies instanceof Readable ? replies : Readable.from([]) });
    this.#replies = this.#reader[Symbol.asyncIterator]();
  }

  /** Runs `dbt …`; raises DBT_FAILED with what dbt says, DBT_ENDED when the process ended meanwhile. */
  async run(...args: string[]): Promise<void> {
    const input: Writable = must(this.#child.stdin, 'a pipe');
    input.write(`${JSON.stringify(args)}\n`);
    const line = await this.#replies.next();
    if (line.done === true) {
      throw new ProveError('DBT_ENDED', `dbt ended during "${args.join(' ')}"; its log is ${this.#logFile}`);
    }
    const reply = replySchema.parse(JSON.parse(line.value));
    if (reply.ok) return;
    const reasons = [...(reply.error === null ? [] : [reply.error]), ...reply.failed];
    throw new ProveError('DBT_FAILED', `dbt ${args.join(' ')}:\n${reasons.join('\n')}`);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.ended;
    this.#reader.close();
  }
}
