import { randomUUID } from 'node:crypto';
import { sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { WorkerError } from '../errors.ts';
import { JOB_KINDS } from '../jobs/worker-jobs.ts';

export interface JobRequest {
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface WaitOptions {
  /** Ends the waiting; the job goes on. */
  readonly signal: AbortSignal;
  /** Told each step that ended, and what there is to say meanwhile. */
  readonly print: (line: string) => void;
}

const POLL_MS = 250;
/** A worker that runs and has nothing else to do takes a job within its poll interval, which is a second. */
const PATIENCE_MS = 10_000;

/**
 * Puts a job into the queue, waits for its end and returns its result. Raises UNKNOWN_KIND, JOB_FAILED with the job's own
 * words, CANCELLED when the signal came first.
 */
export async function runJob(
  pool: Pool,
  { kind, params }: JobRequest,
  { signal, print }: WaitOptions,
): Promise<Record<string, unknown>> {
  expectKind(kind);
  const key = `ebb models run ${kind} ${randomUUID()}`;
  await pool.query('SELECT ops.enqueue_job($1, $2, $3)', [kind, JSON.stringify(params), key]);
  print(`job ${kind} is in the queue; it goes on without this command, and ebb models monitor shows it`);
  const follow = new JobFollower(pool, key, print);
  while (!signal.aborted) {
    const end = await follow.look();
    if (end !== null) return end;
    await sleep(POLL_MS, signal);
  }
  throw new WorkerError('CANCELLED', 'no longer waiting; the job goes on: ebb models monitor shows it');
}

/** Raises UNKNOWN_KIND. */
export function expectKind(kind: string): void {
  if (JOB_KINDS.includes(kind)) return;
  throw new WorkerError('UNKNOWN_KIND', `no jobs of kind "${kind}"; one of ${JOB_KINDS.join(', ')}`);
}

interface JobRow {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
  readonly result: Record<string, unknown> | null;
  readonly error: string | null;
}

class JobFollower {
  readonly #pool: Pool;
  readonly #key: string;
  readonly #print: (line: string) => void;
  readonly #startedAt = Date.now();
  #steps = 0;
  #isWarned = false;

  constructor(pool: Pool, key: string, print: (line: string) => void) {
    this.#pool = pool;
    this.#key = key;
    this.#print = print;
  }

  /** Its result when it is done; null while it is not over. */
  async look(): Promise<Record<string, unknown> | null> {
    const { rows } = await this.#pool.query<JobRow>(
      'SELECT id, status, result, error FROM ops.job_runs WHERE key = $1',
      [this.#key],
    );
    const [job] = rows;
    if (job === undefined) return null;
    await this.#tellSteps(job.id);
    if (job.status === 'failed') throw new WorkerError('JOB_FAILED', `job ${job.id} failed: ${job.error}`);
    if (job.status === 'queued') this.#warn();
    return job.status === 'done' ? (job.result ?? {}) : null;
  }

  async #tellSteps(jobId: string): Promise<void> {
    const { rows } = await this.#pool.query<{ step: string; message: string }>(
      `SELECT step, message FROM ops.job_steps WHERE job_id = $1 AND status = 'done' ORDER BY position`,
      [jobId],
    );
    for (const { step, message } of rows.slice(this.#steps)) this.#print(`  ${step.padEnd(10)} ${message}`);
    this.#steps = Math.max(this.#steps, rows.length);
  }

  #warn(): void {
    if (this.#isWarned || Date.now() - this.#startedAt < PATIENCE_MS) return;
    this.#isWarned = true;
    this.#print('  still waiting: the worker does other jobs first, or does not run (see ebb status)');
  }
}
