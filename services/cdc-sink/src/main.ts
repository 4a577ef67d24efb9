import { systemClock } from '@ebb/core';
import { runMain, startHealthServer } from '@ebb/runtime';
import { createCapturedTables } from './captured/index.ts';
import { loadSinkConfig } from './config.ts';
import { createSink } from './create-sink.ts';
import type { Sink } from './service.ts';
import { SERVICE_NAME } from './service-name.ts';

await runMain({
  name: SERVICE_NAME,
  build: async ({ logger, metrics, env, releasers }) => {
    const config = loadSinkConfig(env);
    let sink: Sink | undefined;
    const health = await startHealthServer({
      host: config.host,
      port: config.port,
      metrics,
      isReady: () => sink?.readiness() ?? { ready: false, reasons: ['starting'] },
    });
    releasers.add('health', () => health.close());
    logger.info({ event: 'listening', port: health.port });
    sink = createSink(config, {
      logger,
      metrics,
      releasers,
      nowMs: () => systemClock.nowMs(),
      createTables: createCapturedTables,
    });
    return sink;
  },
});
