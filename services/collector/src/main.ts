import { runMain } from '@ebb/runtime';
import { loadCollectorConfig } from './config.ts';
import { createCollector } from './service.ts';

await runMain({
  name: 'collector',
  build: ({ env, logger, metrics, releasers }) =>
    createCollector(loadCollectorConfig(env), { logger, metrics, releasers }),
});
