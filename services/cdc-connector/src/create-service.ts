import { createKafka, kafkaOptionsFrom } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import type { Logger, Metrics, Releasers } from '@ebb/runtime';
import type { ConnectorConfig } from './config.ts';
import { ConnectClient } from './connect/connect-client.ts';
import { TopicKeeper } from './connect/topics.ts';
import { Alerts } from './guard/alerts.ts';
import { createConnectorMetrics } from './metrics.ts';
import { NoticeReader } from './notices/notice-reader.ts';
import { Registrar } from './registrar/registrar.ts';
import { ConnectorService } from './service.ts';

export const SERVICE_NAME = 'cdc-connector';
/** Positions are not kept in it: two instances read everything both. */
const GROUP = 'ebb-cdc-connector';

export interface ServiceParts {
  logger: Logger;
  metrics: Metrics;
  releasers: Releasers;
  nowMs: () => number;
}

/** Needs no server to be there: everything is tried again until it is. */
export function createConnectorService(config: ConnectorConfig, parts: ServiceParts): ConnectorService {
  const { logger, releasers, nowMs } = parts;
  const metrics = createConnectorMetrics(parts.metrics);
  const pool = createPool({
    url: config.postgresUrl,
    applicationName: SERVICE_NAME,
    max: 3,
    statementTimeoutMs: 30_000,
    onError: (error) => logger.debug({ event: 'connection_lost', message: error.message }),
  });
  releasers.add('postgres', () => pool.end());
  const kafka = createKafka({ ...kafkaOptionsFrom(config, SERVICE_NAME), retries: 3 });
  const connect = new ConnectClient(config.connectUrl);
  return new ConnectorService({
    config,
    pool,
    metrics,
    logger,
    nowMs,
    registrar: new Registrar({
      config,
      pool,
      connect,
      topics: new TopicKeeper(kafka, config),
      metrics,
      logger,
      nowMs,
    }),
    createReader: (onHeartbeat) => new NoticeReader({ config, kafka, pool, metrics, logger, onHeartbeat }, GROUP),
    alerts: new Alerts(logger, metrics),
  });
}
