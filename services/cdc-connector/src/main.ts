import { systemClock } from '@ebb/core';
import { runMain, startHealthServer } from '@ebb/runtime';
import { loadConnectorConfig } from './config.ts';
import { createConnectorService, SERVICE_NAME } from './create-service.ts';

await runMain({
  name: SERVICE_NAME,
  build: async ({ logger, metrics, env, releasers }) => {
    const config = loadConnectorConfig(env);
    const service = createConnectorService(config, { logger, metrics, releasers, nowMs: () => systemClock.nowMs() });
    const health = await startHealthServer({
      host: config.host,
      port: config.port,
      metrics,
      isReady: () => service.readiness(),
      documents: (path) => service.documents(path),
    });
    releasers.add('http', () => health.close());
    logger.info({ event: 'listening', port: health.port });
    return service;
  },
});
