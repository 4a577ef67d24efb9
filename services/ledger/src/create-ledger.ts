import { createClickhouse } from '@ebb/clickhouse';
import { createKafka, kafkaOptionsFrom } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import type { Logger, Releasers } from '@ebb/runtime';
import type { LedgerConfig } from './config.ts';
import { DEFAULT_TOPICS, Ledger, type LedgerTopics } from './ledger.ts';

export const SERVICE_NAME = 'ledger';

export interface LedgerContext {
  readonly logger: Logger;
  readonly releasers: Releasers;
  /** Other names let tests share a broker. */
  readonly topics?: Omit<LedgerTopics, 'capturedPrefix'>;
}

/** Assembles the ledger from its configuration; nothing is connected before the first question. */
export function createLedger(
  config: LedgerConfig,
  { logger, releasers, topics = DEFAULT_TOPICS }: LedgerContext,
): Ledger {
  const pool = createPool({
    url: config.postgresUrl,
    applicationName: SERVICE_NAME,
    max: 4,
    onError: (error) => logger.warn({ event: 'connection_lost', message: error.message }),
  });
  releasers.add('postgres', () => pool.end());
  const clickhouse = createClickhouse({ url: config.clickhouseUrl, applicationName: SERVICE_NAME });
  releasers.add('clickhouse', () => clickhouse.close());
  const kafka = createKafka(
    kafkaOptionsFrom(config, SERVICE_NAME, (level, fields) => logger[level]({ event: 'kafka_client', ...fields })),
  );
  const ledger = new Ledger(
    { pool, clickhouse, kafka },
    {
      topics: { ...topics, capturedPrefix: config.capturedPrefix },
      barrierMs: config.barrierSeconds * 1000,
      budgetSeconds: config.budget * config.cycleSeconds,
    },
  );
  releasers.add('ledger', () => ledger.close());
  return ledger;
}
