import { runMain, startHealthServer } from '@ebb/runtime';
import { buildCommand } from './commands/commands.ts';
import { loadLoaderConfig } from './config.ts';
import { createLoader, SERVICE_NAME } from './create-loader.ts';
import { workLoaderJobs } from './loader-jobs.ts';
import { createLoaderMetrics } from './metrics.ts';
import { LoaderService } from './service.ts';

const isTool = process.argv.length > 2;

await runMain({
  name: SERVICE_NAME,
  logTo: isTool ? 'stderr' : 'stdout',
  build: async (context) => {
    if (isTool) return buildCommand(context);
    const { logger, metrics, env, releasers } = context;
    const config = loadLoaderConfig(env);
    const parts = createLoader(config, { logger, releasers });
    const service = new LoaderService({
      ...parts,
      metrics: createLoaderMetrics(metrics),
      logger,
      pollMs: config.pollSeconds * 1000,
      jobs: (signal) => workLoaderJobs({ ...parts, dailyFilesDir: config.dailyFilesDir, logger }, signal),
    });
    const isReady = () => service.readiness();
    const health = await startHealthServer({ host: config.host, port: config.port, metrics, isReady });
    releasers.add('health', () => health.close());
    logger.info({ event: 'listening', port: health.port, sources: parts.sources.map(({ id }) => id) });
    return service;
  },
});
