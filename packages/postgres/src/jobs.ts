import { errorMessage, isEbbError, sleep } from '@ebb/core';
import { isTransient } from './errors.ts';
import type { Pool } from './pool.ts';

/** Which job it is: what its steps are logged under, and what its run is named after. */
export interface JobIdentity {
  readonly id: string;
  readonly key: string;
  /** 1 the first time; every worker that died on it adds one. */
  readonly attempt: number;
}

/** Does the work of one kind; what it returns is the job's result, what it throws its error. */
export type JobHandler = (
  params: Record<string, unknown>,
  signal: AbortSignal,
  job: JobIdentity,
) => Promise<Record<string, unknown>>;

export interface JobWorkerOptions {
  /** Names the worker in `ops.job_runs`; another one after a restart is fine. */
  workerId: string;
  handlers: Readonly<Record<string, JobHandler>>;
  pollMs?: number;
  /** How long a worker that died keeps its job from others; a living one renews it. */
  leaseMs?: number;
  /** Pause before a job is tried again that a server was away for; the second one is twice as long. */
  retryMs?: number;
  onJob?: (event: JobEvent) => void;
  /** The database could not be asked; the worker tries again. */
  onTrouble?: (error: unknown) => void;
}

export interface JobEvent {
  id: string;
  kind: string;
  outcome: 'started' | 'done' | 'failed' | 'released' | 'put_off' | 'lost';
  detail?: string;
}

interface Job {
  id: string;
  key: string;
  kind: string;
  params: Record<string, unknown>;
  attempts: number;
  /** Its worker died before it saw that it was to be cancelled. */
  isCancelled: boolean;
}

interface Worker {
  pool: Pool;
  options: JobWorkerOptions;
  leaseMs: number;
  retryMs: number;
}

const POLL_MS = 1_000;
const LEASE_MS = 60_000;
const RETRY_MS = 15_000;
/** How soon a worker sees that its job is to be cancelled. */
const MAX_RENEW_MS = 2_000;
const CANCELLED = 'cancelled while it ran';
/** A job that ends its worker every time, or never finds the servers it needs, is not tried for ever. */
const MAX_ATTEMPTS = 3;

/** Does the jobs of `ops.job_runs` one after the other until the signal aborts; an unfinished job goes back into the queue. */
export async function workJobs(pool: Pool, options: JobWorkerOptions, signal: AbortSignal): Promise<void> {
  const { leaseMs = LEASE_MS, retryMs = RETRY_MS } = options;
  const worker = { pool, options, leaseMs, retryMs };
  while (!signal.aborted) {
    try {
      const job = await claim(worker);
      if (job === null) await sleep(options.pollMs ?? POLL_MS, signal);
      else await work(worker, job, signal);
    } catch (error) {
      if (!isTransient(error)) throw error;
      options.onTrouble?.(error);
      await sleep(options.pollMs ?? POLL_MS, signal);
    }
  }
}

/**
 * Puts running jobs of these kinds back into the queue without waiting for their leases. Only for who knows that no
 * other worker of these kinds lives, as the holder of `whileAlone` does. Returns how many.
 */
export async function reclaimJobs(pool: Pool, kinds: readonly string[]): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE ops.job_runs SET status = 'queued', lease_until = NULL, worker = NULL
     WHERE status = 'running' AND kind = ANY($1)`,
    [kinds],
  );
  return rowCount ?? 0;
}

/** The oldest job that waits, or whose worker was last heard of longer ago than its lease. */
async function claim({ pool, options, leaseMs }: Worker): Promise<Job | null> {
  const { rows } = await pool.query<Job>(
    `UPDATE ops.job_runs SET status = 'running', worker = $1, lease_until = clock_timestamp() + $2::float8 * interval '1 ms',
       attempts = attempts + 1, started_at = coalesce(started_at, clock_timestamp())
     WHERE id = (
       SELECT id FROM ops.job_runs
       WHERE kind = ANY($3) AND (status = 'queued' OR (status = 'running' AND lease_until < clock_timestamp()))
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, key, kind, params, attempts, cancel_requested_at IS NOT NULL AS "isCancelled"`,
    [options.workerId, leaseMs, Object.keys(options.handlers)],
  );
  return rows[0] ?? null;
}

async function work(worker: Worker, job: Job, signal: AbortSignal): Promise<void> {
  tell(worker, job, 'started');
  if (job.isCancelled) {
    await fail(worker, job, CANCELLED);
    return;
  }
  if (job.attempts > MAX_ATTEMPTS) {
    await fail(worker, job, `its worker ended ${MAX_ATTEMPTS} times before the work was done; see the worker's log`);
    return;
  }
  const lease = new AbortController();
  const cancel = new AbortController();
  const renewing = setInterval(
    () => void renew(worker, job, { lease, cancel }),
    Math.min(worker.leaseMs / 3, MAX_RENEW_MS),
  );
  const either = AbortSignal.any([signal, lease.signal, cancel.signal]);
  try {
    const identity = { id: job.id, key: job.key, attempt: job.attempts };
    const result = await worker.options.handlers[job.kind]?.(job.params, either, identity);
    await settle(worker, job, { status: 'done', result: result ?? {} });
  } catch (error) {
    clearInterval(renewing);
    if (lease.signal.aborted) tell(worker, job, 'lost');
    else if (cancel.signal.aborted) await fail(worker, job, CANCELLED);
    else if (signal.aborted) await release(worker, job);
    else if (isPassing(error) && job.attempts < MAX_ATTEMPTS) await putOff(worker, job, error);
    else await fail(worker, job, errorMessage(error));
  } finally {
    clearInterval(renewing);
  }
}

/** Somebody else has the job when no row answers: two at once would do the work twice. */
async function renew(
  { pool, leaseMs, options }: Worker,
  job: Job,
  { lease, cancel }: { lease: AbortController; cancel: AbortController },
): Promise<void> {
  try {
    const { rows } = await pool.query<{ is_cancelled: boolean }>(
      `UPDATE ops.job_runs SET lease_until = clock_timestamp() + $1::float8 * interval '1 ms'
       WHERE ${HELD('$2', '$3', '$4')} RETURNING cancel_requested_at IS NOT NULL AS is_cancelled`,
      [leaseMs, job.id, options.workerId, job.attempts],
    );
    if (rows[0] === undefined) lease.abort();
    else if (rows[0].is_cancelled) cancel.abort();
  } catch (error) {
    options.onTrouble?.(error);
  }
}

const HELD = (id: string, worker: string, attempts: string): string =>
  `id = ${id} AND worker = ${worker} AND attempts = ${attempts} AND status = 'running'`;

async function fail(worker: Worker, job: Job, error: string): Promise<void> {
  await settle(worker, job, { status: 'failed', error });
}

async function settle(
  worker: Worker,
  job: Job,
  end: { status: 'done'; result: Record<string, unknown> } | { status: 'failed'; error: string },
): Promise<void> {
  const { rowCount } = await worker.pool.query(
    `UPDATE ops.job_runs SET status = $1, result = $2, error = $3, finished_at = clock_timestamp(), lease_until = NULL
     WHERE ${HELD('$4', '$5', '$6')}`,
    [
      end.status,
      end.status === 'done' ? JSON.stringify(end.result) : null,
      end.status === 'failed' ? end.error : null,
      job.id,
      worker.options.workerId,
      job.attempts,
    ],
  );
  tell(worker, job, rowCount === 0 ? 'lost' : end.status, end.status === 'failed' ? end.error : undefined);
}

/** A server was away: no fault of the job. */
function isPassing(error: unknown): boolean {
  return isTransient(error) || (isEbbError(error) && error.retryable);
}

/** It is taken up again when the lease ends, which is after a pause that grows; others go on meanwhile. */
async function putOff(worker: Worker, job: Job, error: unknown): Promise<void> {
  await worker.pool.query(
    `UPDATE ops.job_runs SET lease_until = clock_timestamp() + $4::float8 * interval '1 ms' WHERE ${HELD('$1', '$2', '$3')}`,
    [job.id, worker.options.workerId, job.attempts, worker.retryMs * job.attempts],
  );
  tell(worker, job, 'put_off', errorMessage(error));
}

/** Nobody is to blame when the service is stopped in the middle: the attempt does not count. */
async function release(worker: Worker, job: Job): Promise<void> {
  await worker.pool.query(
    `UPDATE ops.job_runs SET status = 'queued', lease_until = NULL, worker = NULL, attempts = attempts - 1
     WHERE ${HELD('$1', '$2', '$3')}`,
    [job.id, worker.options.workerId, job.attempts],
  );
  tell(worker, job, 'released');
}

function tell({ options }: Worker, { id, kind }: Job, outcome: JobEvent['outcome'], detail?: string): void {
  options.onJob?.({ id, kind, outcome, ...(detail === undefined ? {} : { detail }) });
}
