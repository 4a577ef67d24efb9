import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { Captured } from './captured-tables.ts';
import { HistoryStore } from './history-store.ts';
import type { CapturedTables } from './types.ts';

export interface CapturedTablesParts {
  readonly clickhouse: Clickhouse;
  readonly pool: Pool;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** What the names of captured topics begin with, the dot included. */
  readonly topicPrefix: string;
}

export function createCapturedTables({ pool, ...parts }: CapturedTablesParts): CapturedTables {
  return new Captured({ ...parts, history: new HistoryStore(pool) });
}
