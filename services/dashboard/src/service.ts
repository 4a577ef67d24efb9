import type { AddressInfo } from 'node:net';
import { type Clock, errorMessage, systemClock } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import type { Logger, Metrics, Releasers, Service } from '@ebb/runtime';
import type { FastifyInstance } from 'fastify';
import { accessOf } from './access/access.ts';
import type { DashboardConfig } from './config.ts';
import { toDashboardError } from './errors.ts';
import type { Health } from './http/health.ts';
import { BUILD_HINT, DIST_DIRECTORY, isBuilt } from './http/pages.ts';
import { createServer } from './http/server.ts';
import { LiveHub } from './live/hub.ts';
import { PostgresLiveReader } from './live/live-reader.ts';
import { RecentEvents } from './live/recent-events.ts';
import { createDashboardMetrics } from './metrics.ts';
import { aboutRoute } from './routes/about.ts';
import { accessRoute } from './routes/access.ts';
import { churnRoutes } from './routes/churn.ts';
import { contractRoutes } from './routes/contract.ts';
import { customerRoutes } from './routes/customers.ts';
import { funnelRoutes } from './routes/funnel.ts';
import { hopsRoute } from './routes/hops.ts';
import { lineageRoutes } from './routes/lineage.ts';
import { liveRoute } from './routes/live.ts';
import { liveStreamRoute } from './routes/live-stream.ts';
import { liveWindowRoute } from './routes/live-window.ts';
import { metricsRoute } from './routes/metrics.ts';
import { optionsRoute } from './routes/options.ts';
import { overviewRoute } from './routes/overview.ts';
import { pipelineRoutes } from './routes/pipeline.ts';
import { qualityRoutes } from './routes/quality.ts';
import { recentRoute } from './routes/recent.ts';
import { segmentRoutes } from './routes/segments.ts';
import { Warehouse } from './warehouse/warehouse.ts';

export interface DashboardDeps {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly releasers: Releasers;
  readonly clock?: Clock;
  readonly webDirectory?: string;
}

export interface Dashboard extends Service {
  /** Where it listens, once built. */
  readonly url: string;
}

const POOL_SIZE = 6;

/** Connects nothing by itself: it listens even while its databases are away, and says so. */
export async function createDashboard(config: DashboardConfig, deps: DashboardDeps): Promise<Dashboard> {
  const { logger, releasers } = deps;
  const pool = createPool({
    url: config.postgresUrl,
    applicationName: 'ebb-dashboard',
    max: POOL_SIZE,
    statementTimeoutMs: config.queryTimeoutMs,
    onError: (error) => logger.warn({ event: 'postgres_connection_lost', message: error.message }),
  });
  releasers.add('postgres', () => pool.end());
  const warehouse = new Warehouse({ url: config.clickhouseUrl, timeoutMs: config.queryTimeoutMs });
  releasers.add('warehouse', () => warehouse.close());
  const { app, hub } = await assemble(config, deps, { pool, warehouse });
  releasers.add('http', () => app.close());
  await app.listen({ host: config.host, port: config.port });
  releasers.add('streams', () => hub.close());
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${config.host}:${port}`;
  logger.info({ event: 'listening', url, access: accessOf(config).mode });
  return serve(app, hub, url);
}

async function assemble(
  config: DashboardConfig,
  deps: DashboardDeps,
  { pool, warehouse }: { pool: Pool; warehouse: Warehouse },
): Promise<{ app: FastifyInstance; hub: LiveHub }> {
  const { logger, clock = systemClock, webDirectory = DIST_DIRECTORY } = deps;
  const metrics = createDashboardMetrics(deps.metrics);
  const reader = new PostgresLiveReader(pool, clock);
  const hub = new LiveHub({
    reader,
    clock,
    metrics,
    pollMs: config.pollMs,
    maxStreams: config.maxStreams,
    maxChannels: config.maxChannels,
    onFailure: (error) => logger.warn({ event: 'poll_failed', message: errorMessage(error) }),
  });
  if (!isBuilt(webDirectory)) logger.error({ event: 'front_end_missing', hint: BUILD_HINT });
  const access = accessOf(config);
  const app = await createServer({
    routes: [
      accessRoute(access),
      hopsRoute({ pool, clock }),
      liveRoute(reader),
      liveStreamRoute(hub, metrics),
      liveWindowRoute({ pool, reader, clock }),
      recentRoute({ recent: new RecentEvents(pool, clock), clock }),
      metricsRoute(),
      optionsRoute({ pool, reader, collectorUrl: config.collectorUrl }),
      overviewRoute({ warehouse, clock }),
      ...segmentRoutes({ warehouse, clock, pool }),
      ...qualityRoutes({ warehouse, clock, pool }),
      ...pipelineRoutes({ warehouse, clock, pool }),
      ...churnRoutes({ warehouse, clock }),
      ...funnelRoutes({ warehouse, clock }),
      ...customerRoutes({ warehouse, clock, pool }),
      ...lineageRoutes({ warehouse, clock }),
      ...contractRoutes({ warehouse, clock, pool }),
      aboutRoute({ warehouse, clock, pool }),
    ],
    health: createHealth({ pool, logger, webDirectory }),
    metrics,
    logger,
    access,
    clock,
    webDirectory,
  });
  return { app, hub };
}

function createHealth(of: { pool: Pool; logger: Logger; webDirectory: string }): Health {
  const { pool, logger, webDirectory } = of;
  return {
    problems: async () => {
      const reasons = isBuilt(webDirectory) ? [] : [BUILD_HINT];
      try {
        await pool.query('SELECT 1 FROM kpi.web_day LIMIT 1');
      } catch (error) {
        // Anybody may ask, where it is reached from elsewhere: addresses and logins are for the log.
        logger.warn({ event: 'not_ready', message: errorMessage(error) });
        reasons.push(`Postgres: ${toDashboardError(error).message}`);
      }
      return reasons;
    },
  };
}

function serve(app: FastifyInstance, hub: LiveHub, url: string): Dashboard {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    url,
    run: () => promise,
    // Streams end first: an open one would keep the server from closing.
    drain: async () => hub.close(),
    stop: async () => {
      hub.close();
      await app.close();
      resolve();
    },
  };
}
