import { randomUUID } from 'node:crypto';
import { errorMessage } from '@ebb/core';
import { type JobHandler, reclaimJobs, whileAlone, workJobs } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { z } from 'zod';
import { behaviourJob } from '../behaviour/behaviour-job.ts';
import { modelCheckJob } from '../check/model-check-job.ts';
import { churnJob } from '../churn/churn-job.ts';
import { clvJob } from '../clv/clv-job.ts';
import { SERVICE_NAME, type WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { LAKE_EXPORT, lakeExportJob } from '../lake/lake-export-job.ts';
import type { WorkerMetrics } from '../metrics.ts';
import { rfmSegmentsJob } from '../rfm/rfm-segments-job.ts';
import { JobSteps } from './job-steps.ts';
import { unlessEmpty } from './unless-empty.ts';

export interface JobsContext extends WorkerParts {
  /** Of the pool's database: the lock needs a connection of its own. */
  readonly postgresUrl: string;
  readonly logger: Logger;
  readonly metrics: WorkerMetrics;
  readonly pollMs: number;
}

/** A job of one kind: its steps, one after the other; what it returns is the job's result. */
export type WorkerJob = (
  parts: WorkerParts,
  steps: JobSteps,
  params: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

/** A further kind of job is one more entry. */
const JOBS: Readonly<Record<string, WorkerJob>> = {
  rfm_segments: rfmSegmentsJob,
  behaviour_clusters: behaviourJob,
  model_check: modelCheckJob,
  clv: clvJob,
  churn_scores: churnJob,
  [LAKE_EXPORT]: lakeExportJob,
};
export const JOB_KINDS: readonly string[] = Object.keys(JOBS);

/** Number of the lock that makes one worker the only one. */
const LOCK = 4_212_030;

/**
 * Works the jobs of `ops.job_runs` one after the other, in one process at a time. Whoever gets the turn knows that nobody
 * else works: a job that a killed worker left running is taken up at once, whatever its lease says.
 */
export function workSegmentationJobs(context: JobsContext, signal: AbortSignal): Promise<void> {
  const { logger, pool } = context;
  const onTrouble = (error: unknown): void => logger.warn({ event: 'jobs_unreachable', message: errorMessage(error) });
  const turn = { url: context.postgresUrl, lock: LOCK, applicationName: `${SERVICE_NAME}-lock`, signal, onTrouble };
  return whileAlone(turn, async (mine) => {
    const left = await reclaimJobs(pool, JOB_KINDS);
    if (left > 0) logger.warn({ event: 'jobs_taken_over', jobs: left });
    await workJobs(
      pool,
      {
        workerId: `${SERVICE_NAME}-${randomUUID()}`,
        handlers: handlersOf(context),
        pollMs: context.pollMs,
        onJob: (event) => {
          context.metrics.job(event);
          logger.info({ event: 'job', ...event });
        },
        onTrouble,
      },
      mine,
    );
  });
}

function handlersOf(context: JobsContext): Record<string, JobHandler> {
  return Object.fromEntries(Object.entries(JOBS).map(([kind, work]) => [kind, handlerOf(context, kind, work)]));
}

function handlerOf(context: JobsContext, kind: string, work: WorkerJob): JobHandler {
  const { pool, logger, metrics } = context;
  const onStep = (step: string, seconds: number): void => metrics.step(kind, step, seconds);
  return (params, signal, job) => {
    const steps = new JobSteps({ pool, job, signal, logger, onStep });
    return unlessEmpty((asked) => work(context, steps, asked), params).catch((error: unknown) => {
      throw error instanceof z.ZodError ? badParams(kind, error) : error;
    });
  };
}

/** Params are all that a job parses without a name for what is wrong with it. */
function badParams(kind: string, { issues }: z.ZodError): WorkerError {
  const said = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  return new WorkerError('BAD_PARAMS', `params of ${kind}: ${said.join('; ')}`);
}
