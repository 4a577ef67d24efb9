import type { Clock } from '@ebb/core';
import { createLogger, createMetrics, Releasers } from '@ebb/runtime';
import { loadDashboardConfig } from '../config.ts';
import { createDashboard, type Dashboard } from '../service.ts';

export interface TestDashboard extends Dashboard {
  close(): Promise<void>;
}

/** Nothing listens there: what is live does without a warehouse. */
const NO_WAREHOUSE = 'http://nobody@127.0.0.1:1';

/** The real service on a free port, built as in production. */
export async function startDashboard(
  postgresUrl: string,
  options: { clock?: Clock; env?: Record<string, string>; webDirectory?: string } = {},
): Promise<TestDashboard> {
  const { env = {}, ...deps } = options;
  const config = loadDashboardConfig({
    EBB_POSTGRES_URL: postgresUrl,
    EBB_CLICKHOUSE_URL: NO_WAREHOUSE,
    EBB_DASHBOARD_PORT: '0',
    // A machine with much else to do is no reason to give up.
    EBB_DASHBOARD_QUERY_TIMEOUT_MS: '60000',
    ...env,
  });
  const releasers = new Releasers();
  const dashboard = await createDashboard(config, {
    logger: createLogger({ name: 'dashboard-test', level: 'silent' }),
    metrics: createMetrics('dashboard'),
    releasers,
    ...deps,
  });
  const close = async (): Promise<void> => {
    await dashboard.stop();
    await releasers.releaseAll();
  };
  return { ...dashboard, close };
}
