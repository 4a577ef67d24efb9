import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import {
  anyFreePort,
  CLICKHOUSE_ADMIN,
  clickhouseMemoryMb,
  type ServerOwner,
  startClickhouse,
  type Stoppable,
} from '@ebb/local-stack';

export interface OwnClickhouse extends Stoppable {
  /** Of a user who may do everything. */
  readonly url: string;
  readonly pid: number;
  readonly clickhouse: Clickhouse;
}

const REQUEST_TIMEOUT_MS = 600_000;

/** A ClickHouse of a benchmark's own, with the memory that the stack's has; not migrated. */
export function ownClickhouse({ directory, own }: ServerOwner): Promise<OwnClickhouse> {
  return own(start(directory));
}

async function start(directory: string): Promise<OwnClickhouse> {
  const server = await startClickhouse({
    dataDir: join(directory, 'clickhouse'),
    port: await anyFreePort(),
    users: [{ name: CLICKHOUSE_ADMIN, password: randomBytes(16).toString('hex'), readonly: false }],
    logFile: join(directory, 'clickhouse.log'),
    memoryMb: clickhouseMemoryMb(),
  });
  const { url, pid } = server;
  const clickhouse = createClickhouse({ url, applicationName: 'bench', requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const stop = async (): Promise<void> => {
    await clickhouse.close();
    await server.stop();
  };
  return { url, pid, clickhouse, stop };
}
