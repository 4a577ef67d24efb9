import { runMain } from '@ebb/runtime';
import { loadDashboardConfig } from './config.ts';
import { createDashboard } from './service.ts';

await runMain({
  name: 'dashboard',
  build: ({ env, logger, metrics, releasers }) =>
    createDashboard(loadDashboardConfig(env), { logger, metrics, releasers }),
});
