import { systemClock } from '@ebb/core';
import { runMain, startHealthServer } from '@ebb/runtime';
import { loadAggregatorConfig } from './config.ts';
import { createAggregator } from './create-aggregator.ts';
import { SERVICE_NAME } from './decode.ts';
import type { Aggregator } from './service.ts';

await runMain({
  name: SERVICE_NAME,
  build: async ({ logger, metrics, env, releasers }) => {
    const config = loadAggregatorConfig(env);
    let aggregator: Aggregator | undefined;
    // Before the rest: while Postgres is away the service lives and is not ready.
    const health = await startHealthServer({
      host: config.host,
      port: config.port,
      metrics,
      isReady: () => aggregator?.readiness() ?? { ready: false, reasons: ['starting'] },
    });
    releasers.add('health', () => health.close());
    logger.info({ event: 'listening', port: health.port });
    aggregator = await createAggregator(config, { logger, metrics, releasers, nowMs: () => systemClock.nowMs() });
    return aggregator;
  },
});
