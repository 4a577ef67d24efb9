import { runMain, startHealthServer } from '@ebb/runtime';
import { buildCommand } from './commands/commands.ts';
import { loadWorkerConfig } from './config.ts';
import { createWorker, SERVICE_NAME } from './create-worker.ts';
import { createWorkerMetrics } from './metrics.ts';
import { SegmentationService } from './service.ts';

const isTool = process.argv.length > 2;

await runMain({
  name: SERVICE_NAME,
  logTo: isTool ? 'stderr' : 'stdout',
  build: async (context) => {
    if (isTool) return buildCommand(context);
    const { logger, metrics, env, releasers } = context;
    const config = loadWorkerConfig(env);
    const service = new SegmentationService({
      ...createWorker(config, { logger, releasers }),
      postgresUrl: config.postgresUrl,
      logger,
      metrics: createWorkerMetrics(metrics),
      pollMs: config.pollSeconds * 1000,
    });
    const isReady = () => service.readiness();
    const health = await startHealthServer({ host: config.host, port: config.port, metrics, isReady });
    releasers.add('health', () => health.close());
    logger.info({ event: 'listening', port: health.port });
    return service;
  },
});
