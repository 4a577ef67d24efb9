import { errorMessage } from '@ebb/core';
import type { JobIdentity, Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { WorkerError } from '../errors.ts';

/** What a step came to: the value for the next step, and what its row says. */
export interface Stepped<T> {
  readonly value: T;
  readonly message: string;
  readonly metrics?: Readonly<Record<string, unknown>>;
}

export interface JobStepsDeps {
  readonly pool: Pool;
  readonly job: JobIdentity;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Told how long each step took that succeeded. */
  readonly onStep?: (step: string, seconds: number) => void;
}

/**
 * The steps of one job, a row each in `ops.job_steps`. Every step may be done again: a job whose worker was killed starts
 * over, and a row is then replaced.
 */
export class JobSteps {
  readonly #deps: JobStepsDeps;
  #position = 0;

  constructor(deps: JobStepsDeps) {
    this.#deps = deps;
  }

  get job(): JobIdentity {
    return this.#deps.job;
  }

  get signal(): AbortSignal {
    return this.#deps.signal;
  }

  /** Does the work and logs it; a job that is to end does not begin it. */
  async step<T>(name: string, work: () => Promise<Stepped<T>>): Promise<T> {
    const { signal, logger, job } = this.#deps;
    if (signal.aborted) throw new WorkerError('CANCELLED', `cancelled before the step ${name}`);
    this.#position += 1;
    await this.#begin(name);
    const startedAt = Date.now();
    try {
      const { value, message, metrics } = await work();
      await this.#end(name, { status: 'done', message, metrics: metrics ?? {} });
      this.#deps.onStep?.(name, (Date.now() - startedAt) / 1000);
      logger.info({ event: 'step', job: job.id, step: name, message });
      return value;
    } catch (error) {
      const message = errorMessage(error);
      await this.#end(name, { status: 'failed', message, metrics: {} }).catch(() => {});
      logger.error({ event: 'step_failed', job: job.id, step: name, message });
      throw error;
    }
  }

  async #begin(step: string): Promise<void> {
    const { pool, job } = this.#deps;
    await pool.query(
      `INSERT INTO ops.job_steps AS known (job_id, step, position, status, started_at)
       VALUES ($1, $2, $3, 'running', clock_timestamp())
       ON CONFLICT (job_id, step) DO UPDATE SET position = excluded.position, status = 'running', finished_at = NULL,
         attempts = known.attempts + 1, started_at = excluded.started_at, message = '', metrics = '{}'`,
      [job.id, step, this.#position],
    );
  }

  async #end(
    step: string,
    end: { status: 'done' | 'failed'; message: string; metrics: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    const { pool, job } = this.#deps;
    await pool.query(
      `UPDATE ops.job_steps SET status = $3, message = $4, metrics = $5, finished_at = clock_timestamp()
       WHERE job_id = $1 AND step = $2`,
      [job.id, step, end.status, end.message, JSON.stringify(end.metrics)],
    );
  }
}
