import { randomUUID } from 'node:crypto';
import { errorMessage } from '@ebb/core';
import { type JobHandler, workJobs } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { z } from 'zod';
import { type LoaderParts, SERVICE_NAME } from './create-loader.ts';
import { loadResult, loadSources, refuseOpen } from './jobs.ts';
import { logReport } from './service.ts';

const loadParams = z.strictObject({ prefix: z.string().default('') });

/** Work that others ask for in `ops.job_runs`. */
export function workLoaderJobs(parts: LoaderParts, logger: Logger, signal: AbortSignal): Promise<void> {
  return workJobs(
    parts.pool,
    {
      workerId: `${SERVICE_NAME}-${randomUUID()}`,
      handlers: { 'files.load': loadJob(parts, logger) },
      onJob: (event) => logger.info({ event: 'job', ...event }),
      onTrouble: (error) => logger.warn({ event: 'jobs_unreachable', message: errorMessage(error) }),
    },
    signal,
  );
}

/** Loads what is new, and fails where a file was neither loaded nor refused: what follows would build on a gap. */
function loadJob({ loader, sources }: LoaderParts, logger: Logger): JobHandler {
  return async (params, signal) => {
    const { prefix } = loadParams.parse(params);
    const report = await loadSources(loader, sources, { prefix, signal });
    logReport(logger, 'job', report);
    refuseOpen(report);
    return loadResult(report);
  };
}
