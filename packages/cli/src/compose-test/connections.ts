import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { createKafka, type KafkaHandle } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { ComposeProject } from './compose-project.ts';
import type { Logins } from './logins.ts';

/** Generous: the machine may have two cores for everything. */
export const PROCESS_TIMEOUT_MS = 240_000;

/** The project's databases as reached from the host, through the published ports. */
export interface Connections {
  pool: Pool;
  kafka: KafkaHandle;
  clickhouse: Clickhouse;
  close(): Promise<void>;
}

export function openConnections(project: ComposeProject, logins: Logins): Connections {
  const pool = createPool({ url: logins.adminUrl, applicationName: 'ebb-compose-test', max: 2 });
  const kafka = createKafka({ brokers: [`127.0.0.1:${project.ports.KAFKA}`], clientId: 'ebb-compose-test' });
  const clickhouse = createClickhouse({ url: logins.clickhouseUrl, applicationName: 'ebb-compose-test' });
  const close = async (): Promise<void> => {
    await clickhouse.close();
    await pool.end();
  };
  return { pool, kafka, clickhouse, close };
}
