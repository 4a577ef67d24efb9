import { type TestClickhouse, testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll } from 'vitest';
import { pipelineWarehouse } from './seed-builds.ts';
import { NOON, seedPipeline } from './seed-pipeline.ts';
import { startDashboard, type TestDashboard } from './test-dashboard.ts';

export interface PipelineWorld {
  readonly db: TestPostgres;
  readonly warehouse: TestClickhouse;
  /** Another dashboard, over another warehouse. */
  readonly start: (clickhouseUrl: string) => Promise<TestDashboard>;
  readonly get: (path: string, of?: TestDashboard) => Promise<{ status: number; body: unknown }>;
  /** A JSON answer; throws what the API said where it refuses. */
  readonly ask: <T>(path: string, of?: TestDashboard) => Promise<T>;
}

/** The seeded pipeline on both sides, and a dashboard over it that stands at noon, for a whole test file. */
export function openPipeline(): PipelineWorld {
  const clock = { nowMs: () => Date.parse(NOON) };
  let opened: { db: TestPostgres; warehouse: TestClickhouse; dashboard: TestDashboard } | null = null;
  const world = (): NonNullable<typeof opened> => {
    if (opened === null) throw new Error('the pipeline is not open before the first test');
    return opened;
  };
  const start = (db: TestPostgres, url: string): Promise<TestDashboard> =>
    startDashboard(db.roleUrl('ebb_dashboard'), { clock, env: { EBB_CLICKHOUSE_URL: url } });
  beforeAll(async () => {
    const db = await testPostgres();
    await seedPipeline(db.pool);
    const { server: warehouse } = await pipelineWarehouse();
    opened = { db, warehouse, dashboard: await start(db, warehouse.readerUrl) };
    return () => world().dashboard.close();
  });
  const get: PipelineWorld['get'] = async (path, of = world().dashboard) => {
    const response = await fetch(of.url + path);
    return { status: response.status, body: await response.json() };
  };
  return {
    get db() {
      return world().db;
    },
    get warehouse() {
      return world().warehouse;
    },
    start: (url) => start(world().db, url),
    get,
    ask: async <T>(path: string, of?: TestDashboard): Promise<T> => {
      const { status, body } = await get(path, of);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
  };
}
