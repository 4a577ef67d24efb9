import { testPostgres } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { builtPages } from '../testing/built-pages.ts';
import { startDashboard, type TestDashboard } from '../testing/test-dashboard.ts';
import { PUBLIC_PATHS } from './public-paths.ts';

let dashboard: TestDashboard;

beforeAll(async () => {
  const db = await testPostgres();
  const pages = await builtPages();
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), {
    webDirectory: pages.directory,
    env: { EBB_DASHBOARD_PUBLISHED_ON: '0.0.0.0', EBB_DASHBOARD_PUBLIC: 'on' },
  });
  return async () => {
    await dashboard.close();
    await pages.remove();
  };
});

const statusOf = async (path: string, init: RequestInit = {}): Promise<number> =>
  (await fetch(dashboard.url + path, init)).status;

/** The public paths and these are the whole API: a new endpoint has to be named in one of the two lists. */
const CLOSED = [
  '/api/churn/bank',
  '/api/churn/risks?source=shop',
  '/api/customers',
  '/api/customers/one?source=shop&customer=u1',
  '/api/funnel/drops',
  '/api/live/recent',
  '/api/pipeline/findings',
  '/api/pipeline/jobs',
  '/api/pipeline/ledger',
  '/api/pipeline/trace?event=x',
  '/api/quality/dead-letters',
  '/api/quality/files',
  '/api/quality/quarantine',
  '/api/segments/customers',
  '/api/segments/customers.csv',
  '/api/segments/customers.parquet',
  '/api/segments/points',
];

test('what tells of single customers, messages or files is refused with the reason', async () => {
  for (const path of CLOSED) {
    const response = await fetch(dashboard.url + path);
    expect([path, response.status]).toEqual([path, 403]);
    expect(await response.json()).toMatchObject({
      error: { code: 'NOT_PUBLIC', message: expect.stringContaining('nothing about single customers') as string },
    });
  }
});

test('every endpoint is either named as public or refused, before its parameters are looked at', async () => {
  const known = [...PUBLIC_PATHS].filter((path) => path !== '/openapi.json');
  const closed = CLOSED.map((path) => path.split('?', 1)[0] ?? '');
  const { paths } = (await (await fetch(`${dashboard.url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  expect(Object.keys(paths).toSorted()).toEqual([...known, ...closed].toSorted());
  for (const path of Object.keys(paths)) {
    expect([path, await statusOf(`${path}?nonsense=1`)]).toEqual([path, PUBLIC_PATHS.has(path) ? 400 : 403]);
  }
});

test('everything else is there without a login, and says what it is', async () => {
  expect(await statusOf('/')).toBe(200);
  expect(await statusOf('/customers')).toBe(200);
  expect(await statusOf('/api/live')).toBe(200);
  expect(await statusOf('/healthz/ready')).toBe(200);
  expect(await statusOf('/api/nothing')).toBe(404);
  const access = await fetch(`${dashboard.url}/api/access`);
  expect(await access.json()).toEqual({ mode: 'public', hiddenPages: ['/customers'] });
});

test('nothing is written, there is no login, and metrics stay on this machine', async () => {
  for (const path of ['/login', '/logout', '/api/live']) expect(await statusOf(path, { method: 'POST' })).toBe(404);
  expect(await statusOf('/metrics')).toBe(200);
  expect(await statusOf('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).toBe(403);
});
