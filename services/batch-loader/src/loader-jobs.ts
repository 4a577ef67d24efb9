import { randomUUID } from 'node:crypto';
import { errorMessage } from '@ebb/core';
import { uploadDays } from '@ebb/object-store';
import { type JobHandler, workJobs } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { z } from 'zod';
import { type LoaderParts, SERVICE_NAME } from './create-loader.ts';
import { LoaderError } from './errors.ts';
import { loadResult, loadSources, refuseOpen } from './jobs.ts';
import { logReport } from './service.ts';

export interface JobContext extends LoaderParts {
  /** Folder of the daily files that `files.upload` sends; empty: there is none. */
  readonly dailyFilesDir: string;
  readonly logger: Logger;
}

const loadParams = z.strictObject({ prefix: z.string().default('') });
const uploadParams = z.strictObject({ until: z.string().optional() });

/** Work that others ask for in `ops.job_runs`. */
export function workLoaderJobs(context: JobContext, signal: AbortSignal): Promise<void> {
  const { pool, logger } = context;
  return workJobs(
    pool,
    {
      workerId: `${SERVICE_NAME}-${randomUUID()}`,
      handlers: { 'files.load': loadJob(context), 'files.upload': uploadJob(context) },
      onJob: (event) => logger.info({ event: 'job', ...event }),
      onTrouble: (error) => logger.warn({ event: 'jobs_unreachable', message: errorMessage(error) }),
    },
    signal,
  );
}

/** Loads what is new, and fails where a file was neither loaded nor refused: what follows would build on a gap. */
function loadJob({ loader, sources, logger }: JobContext): JobHandler {
  return async (params, signal) => {
    const { prefix } = loadParams.parse(params);
    const report = await loadSources(loader, sources, { prefix, signal });
    logReport(logger, 'job', report);
    refuseOpen(report);
    return loadResult(report);
  };
}

/** Sends the days that the store does not hold yet. */
function uploadJob({ store, dailyFilesDir, logger }: JobContext): JobHandler {
  return async (params, signal) => {
    const { until } = uploadParams.parse(params);
    if (dailyFilesDir === '') return { days: 0, files: 0 };
    if (store === null) {
      throw new LoaderError('NO_SOURCE', 'EBB_DAILY_FILES_DIR is set, and EBB_OBJECT_STORE_URL is not: set both');
    }
    const problems: string[] = [];
    const result = await uploadDays({
      directory: dailyFilesDir,
      store,
      signal,
      ...(until === undefined ? {} : { until }),
      onFile: ({ state, key, problem }) => {
        if (state === 'failed') problems.push(`${key}: ${problem ?? ''}`);
        if (state !== 'unchanged') logger.info({ event: 'file_sent', state, key });
      },
    });
    if (problems.length > 0) {
      const shown = problems.slice(0, 5).join('; ');
      throw new LoaderError('UPLOAD_FAILED', `${problems.length} daily files could not be sent: ${shown}`);
    }
    return { days: result.days, files: result.uploaded + result.replaced };
  };
}
