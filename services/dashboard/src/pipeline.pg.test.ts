import { testClickhouse, testPostgres } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Builds, BuiltModels, Findings, Jobs, LearnedModels, Ledger, Pipeline } from './api/pipeline-schema.ts';
import type { Traces } from './api/trace-schema.ts';
import { openPipeline } from './testing/pipeline-world.ts';
import { FAILED, PUBLISHED } from './testing/seed-builds.ts';
import { WEB_EVENTS } from './testing/seed-pipeline.ts';
import { startDashboard } from './testing/test-dashboard.ts';

const pipeline = openPipeline();
const { ask, get } = pipeline;

async function byHand<T extends object>(sql: string): Promise<T[]> {
  return (await pipeline.db.pool.query<T>(sql)).rows;
}

describe('conditions and change capture', () => {
  test('conditions are those of the view that ebb alerts reads', async () => {
    const { conditions } = await ask<Pipeline>('/api/pipeline');
    const rows = await byHand<{ name: string }>(
      `SELECT condition || ' ' || subject AS name FROM ops.stream_conditions`,
    );
    expect(conditions.map(({ condition, subject }) => `${condition} ${subject}`).toSorted()).toEqual(
      rows.map(({ name }) => name).toSorted(),
    );
    expect(conditions).toContainEqual(
      expect.objectContaining({
        condition: 'ledger_findings',
        subject: 'sales.orders altered',
        detail: expect.stringContaining('1 rows') as string,
      }),
    );
  });

  test('a table says whether it is published, read again, and what the sink made of it', async () => {
    const { tables, epoch, heartbeatAt, warehouseProblem } = await ask<Pipeline>('/api/pipeline');
    const names = await byHand<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('crm', 'sales') ORDER BY 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(names.map(({ name }) => name));
    expect(tables.every(({ isPublished, hasKey }) => isPublished && hasKey)).toBe(true);
    const known = tables.filter((table) => table.warehouse !== null || table.rereadReason !== null);
    expect(known.map(({ name, rereadReason, warehouse: state }) => ({ name, rereadReason, ...state }))).toEqual([
      { name: 'crm.customers', rereadReason: null, status: 'active', reason: '' },
      {
        name: 'crm.offers',
        rereadReason: 'a column was rewritten',
        status: 'stopped',
        reason: 'its key changed to a type that has no text',
      },
      { name: 'sales.orders', rereadReason: null, status: 'active', reason: '' },
    ]);
    expect({ epoch, heartbeatAt, warehouseProblem }).toMatchObject({
      epoch: { epoch: 1, reason: 'first start', startedAt: '2026-03-01T06:00:00.000Z' },
      heartbeatAt: '2026-03-14T11:59:55.000Z',
      warehouseProblem: null,
    });
  });

  test('a table without a key, or taken out of the publication, is told apart', async () => {
    const own = await testPostgres();
    await own.pool.query('CREATE TABLE crm.keyless (a int)');
    await own.pool.query('ALTER PUBLICATION ebb_cdc SET TABLE crm.customers');
    const service = await startDashboard(own.roleUrl('ebb_dashboard'));
    try {
      const { tables } = await ask<Pipeline>('/api/pipeline', service);
      const state = Object.fromEntries(tables.map(({ name, isPublished, hasKey }) => [name, { isPublished, hasKey }]));
      expect(state['crm.keyless']).toEqual({ isPublished: false, hasKey: false });
      expect(state['sales.orders']).toEqual({ isPublished: false, hasKey: true });
      expect(state['crm.customers']).toEqual({ isPublished: true, hasKey: true });
    } finally {
      await service.close();
    }
  });

  test('the slot shows how much log waits, as the database counts it', async () => {
    const slot = `pipeline_${process.pid}`;
    await pipeline.db.pool.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
    try {
      await pipeline.db.pool.query('CREATE TABLE kpi.some_log AS SELECT generate_series(1, 1000) n');
      const lag = async (): Promise<number> => {
        const [row] = await byHand<{ lag: string }>(
          `SELECT pg_current_wal_lsn() - confirmed_flush_lsn AS lag FROM pg_replication_slots WHERE slot_name = '${slot}'`,
        );
        return Number(row?.lag);
      };
      const before = await lag();
      const { slots } = await ask<Pipeline>('/api/pipeline');
      const after = await lag();
      expect(slots).toMatchObject([{ name: slot, isActive: false, walStatus: 'reserved' }]);
      expect(slots[0]?.lagBytes).toBeGreaterThanOrEqual(before);
      expect(slots[0]?.lagBytes).toBeLessThanOrEqual(after);
      expect(before).toBeGreaterThan(10_000);
    } finally {
      await pipeline.db.pool.query('SELECT pg_drop_replication_slot($1)', [slot]);
    }
  });
});

describe('the ledger', () => {
  test('tells the last rounds, what is covered, and findings by state, as SQL counts them', async () => {
    const { cycles, coverage, states } = await ask<Ledger>('/api/pipeline/ledger');
    expect(cycles.map(({ rows }) => rows)).toEqual([1012, 1011, 1010, 1009, 1008, 1007, 1006, 1005, 1004, 1003]);
    expect(cycles[0]).toMatchObject({
      startedAt: '2026-03-14T11:57:00.000Z',
      finishedAt: '2026-03-14T11:57:02.500Z',
      openFindings: 1,
    });
    expect(coverage).toEqual([
      { table: 'crm.customers', ranges: 1, rows: 3, oldestVerifiedAt: null },
      { table: 'stream.web_events', ranges: 2, rows: 2000, oldestVerifiedAt: '2026-03-14T09:00:00.000Z' },
    ]);
    const [hand] = await byHand<Record<string, string>>(`
      SELECT count(*) FILTER (WHERE closed_at IS NULL AND repaired_at IS NULL) AS open,
        count(*) FILTER (WHERE closed_at IS NULL AND repaired_at IS NOT NULL) AS repaired,
        count(*) FILTER (WHERE closed_at IS NOT NULL) AS closed FROM ops.ledger`);
    expect(states).toEqual({
      open: Number(hand?.['open']),
      repaired: Number(hand?.['repaired']),
      closed: Number(hand?.['closed']),
    });
    expect(states).toEqual({ open: 2, repaired: 1, closed: 1 });
  });

  test('lists findings by state and page, without the evidence', async () => {
    const all = await ask<Findings>('/api/pipeline/findings');
    expect(all.total).toBe(4);
    expect(JSON.stringify(all)).not.toContain('evidence');
    const open = await ask<Findings>('/api/pipeline/findings?state=open');
    expect(open.findings.map(({ table, kind, problem }) => ({ table, kind, problem }))).toEqual([
      { table: 'stream.web_events', kind: 'lost', problem: 'no store holds it' },
      { table: 'sales.orders', kind: 'altered', problem: null },
    ]);
    const page = await ask<Findings>('/api/pipeline/findings?limit=1&offset=3');
    expect(page).toMatchObject({ total: 4, offset: 3, limit: 1, findings: [all.findings[3]] });
    expect((await ask<Findings>('/api/pipeline/findings?offset=100')).findings).toEqual([]);
  });
});

describe('jobs and learned models', () => {
  test('say what was asked for and what became of it, the newest first', async () => {
    const { jobs, kinds, total } = await ask<Jobs>('/api/pipeline/jobs');
    const hand = await byHand<{ id: string; status: string }>('SELECT id, status FROM ops.job_runs ORDER BY id DESC');
    expect(jobs.map(({ id, status }) => ({ id, status }))).toEqual(hand);
    expect(total).toBe(4);
    expect(kinds).toEqual([
      { kind: 'clv', jobs: 1, failed: 0 },
      { kind: 'files.load', jobs: 2, failed: 1 },
      { kind: 'rfm_segments', jobs: 1, failed: 0 },
    ]);
    expect(jobs[1]).toMatchObject({
      kind: 'rfm_segments',
      steps: 3,
      stepsDone: 2,
      run: { source: 'outlet', asOf: '2026-03-14', state: 'published' },
    });
    expect(jobs[2]).toMatchObject({ error: 'one file could not be read', attempts: 2, run: null, figures: {} });
    expect(jobs[3]?.figures).toEqual({ files: 2, rows: 300 });
  });

  test('filter by kind and state; the kinds to choose from stay', async () => {
    const failed = await ask<Jobs>('/api/pipeline/jobs?kind=files.load&status=failed');
    expect(failed).toMatchObject({ total: 1, jobs: [{ key: 'load 2' }] });
    expect(failed.kinds).toHaveLength(3);
    expect(await ask<Jobs>("/api/pipeline/jobs?kind=x'%20OR%201")).toMatchObject({ total: 0, jobs: [] });
    expect(await ask<Jobs>('/api/pipeline/jobs?limit=1&offset=1')).toMatchObject({
      total: 4,
      jobs: [{ kind: 'rfm_segments' }],
    });
  });

  test('learned models stand with their role, and why one is held back', async () => {
    const { models, total } = await ask<LearnedModels>('/api/pipeline/learned-models');
    expect(total).toBe(2);
    expect(models).toMatchObject([
      { role: 'champion', rows: 3, asOf: '2026-03-14', trainedAt: '2026-03-14T08:00:10.000Z', heldReasons: [] },
      { role: 'challenger', rows: 2, promotedAt: null, heldReasons: ['a cluster lost half of its customers'] },
    ]);
  });
});

describe('builds', () => {
  test('are all there, failed ones with what their models and tests said', async () => {
    const { builds, current, total } = await ask<Builds>('/api/pipeline/builds');
    const hand = await pipeline.warehouse.clickhouse.query<{ id: string; state: string }>(
      'SELECT id, toString(state) AS state FROM marts.publication FINAL ORDER BY started_at DESC',
    );
    expect(builds.map(({ id, state }) => ({ id, state }))).toEqual(hand);
    expect({ current, total }).toEqual({ current: PUBLISHED, total: 3 });
    expect(builds[0]).toMatchObject({
      id: FAILED,
      reason: '1 test failed',
      startedAt: '2026-03-14T07:00:00.000Z',
      failures: [
        { node: 'dim_customers', message: 'out of memory' },
        { node: 'orders_are_unique', message: 'Got 2 results, configured to fail if != 0' },
      ],
    });
    expect(builds[1]).toMatchObject({
      asOf: '2026-03-14',
      asOfRetail: '2026-03-13',
      models: 3,
      testsPassed: 40,
      testsWarned: 1,
      failures: [],
    });
    expect(await ask<Builds>('/api/pipeline/builds?limit=1&offset=2')).toMatchObject({
      total: 3,
      builds: [{ state: 'replaced' }],
    });
  });

  test('each model says when it was made last, whatever became of it since', async () => {
    const { models, total } = await ask<BuiltModels>('/api/pipeline/models');
    expect(total).toBe(3);
    expect(models).toEqual([
      { name: 'dim_customers', status: 'error', builtAt: '2026-03-14T06:01:05.000Z', buildId: PUBLISHED, seconds: 1.5 },
      { name: 'fct_never', status: 'skipped', builtAt: null, buildId: null, seconds: null },
      { name: 'fct_orders', status: 'success', builtAt: '2026-03-14T07:01:00.000Z', buildId: FAILED, seconds: 1.5 },
    ]);
    expect((await ask<BuiltModels>('/api/pipeline/models?limit=1&offset=2')).models.map(({ name }) => name)).toEqual([
      'fct_orders',
    ]);
  });
});

describe('where something is away', () => {
  test('what Postgres knows is told without the warehouse, and why the rest is missing', async () => {
    const service = await pipeline.start('http://nobody@127.0.0.1:1');
    try {
      const { tables, warehouseProblem } = await ask<Pipeline>('/api/pipeline', service);
      expect(tables.every((table) => table.warehouse === null)).toBe(true);
      expect(warehouseProblem).toContain('The warehouse does not answer.');
      const found = await ask<Traces>(`/api/pipeline/trace?id=${WEB_EVENTS[0].eventId}`, service);
      expect(found.warehouseProblem).toContain('The warehouse does not answer.');
      expect(found.traces[0]?.steps.map(({ hop }) => hop)).toEqual(['event', 'kafka', 'postgres']);
      expect(await get('/api/pipeline/builds', service)).toMatchObject({
        status: 503,
        body: { error: { code: 'DATABASE_AWAY' } },
      });
      expect(await get('/api/pipeline/models', service)).toMatchObject({ status: 503 });
    } finally {
      await service.close();
    }
  });

  test('without Postgres only the builds are told', async () => {
    const service = await startDashboard('postgres://nobody@127.0.0.1:1/none', {
      env: { EBB_CLICKHOUSE_URL: pipeline.warehouse.readerUrl },
    });
    try {
      for (const path of ['', '/ledger', '/findings', '/jobs', '/learned-models', '/trace?id=x'])
        expect(await get(`/api/pipeline${path}`, service)).toMatchObject({
          status: 503,
          body: { error: { code: 'DATABASE_AWAY' } },
        });
      expect((await ask<Builds>('/api/pipeline/builds', service)).total).toBe(3);
    } finally {
      await service.close();
    }
  });

  test('before anything ran, everything is empty', async () => {
    const [own, empty] = [await testPostgres(), await testClickhouse()];
    const service = await startDashboard(own.roleUrl('ebb_dashboard'), {
      env: { EBB_CLICKHOUSE_URL: empty.readerUrl },
    });
    try {
      expect(await ask<Pipeline>('/api/pipeline', service)).toMatchObject({
        conditions: [],
        slots: [],
        epoch: null,
        warehouseProblem: null,
      });
      expect(await ask<Ledger>('/api/pipeline/ledger', service)).toMatchObject({
        cycles: [],
        coverage: [],
        states: { open: 0, repaired: 0, closed: 0 },
      });
      expect(await ask<Jobs>('/api/pipeline/jobs', service)).toMatchObject({ total: 0, jobs: [], kinds: [] });
      expect(await ask<LearnedModels>('/api/pipeline/learned-models', service)).toMatchObject({ total: 0, models: [] });
      expect(await ask<Builds>('/api/pipeline/builds', service)).toMatchObject({ current: null, total: 0, builds: [] });
      expect(await ask<BuiltModels>('/api/pipeline/models', service)).toMatchObject({ total: 0, models: [] });
      expect(await ask<Traces>('/api/pipeline/trace?id=x', service)).toMatchObject({
        traces: [],
        warehouseProblem: null,
      });
    } finally {
      await service.close();
    }
  });
});

test.each([
  '/api/pipeline?x=1',
  '/api/pipeline/trace',
  '/api/pipeline/trace?id=',
  `/api/pipeline/trace?id=${'x'.repeat(201)}`,
  '/api/pipeline/findings?state=broken',
  '/api/pipeline/findings?limit=201',
  '/api/pipeline/jobs?status=1',
  '/api/pipeline/jobs?offset=-1',
  '/api/pipeline/builds?limit=0',
  '/api/pipeline/models?limit=many',
  '/api/pipeline/learned-models?page=1',
])('%s is refused with a reason', async (path) => {
  expect(await get(path)).toMatchObject({
    status: 400,
    body: { error: { code: 'INVALID_QUERY', message: expect.stringMatching(/\w/) as string } },
  });
});
