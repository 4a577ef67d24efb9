import { hashPassword } from '@ebb/core';
import { testPostgres } from '@ebb/testing';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { builtPages } from '../testing/built-pages.ts';
import { startDashboard, type TestDashboard } from '../testing/test-dashboard.ts';
import { MOST_ATTEMPTS, SPAN_MS } from './login-attempts.ts';
import { SESSION_COOKIE } from './sessions.ts';

const PASSWORD = 'three blue figures';
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-03-15T10:00:00Z');

let dashboard: TestDashboard;
let nowMs = START_MS;

beforeAll(async () => {
  const db = await testPostgres();
  const pages = await builtPages();
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), {
    clock: { nowMs: () => nowMs },
    webDirectory: pages.directory,
    env: {
      EBB_DASHBOARD_PUBLISHED_ON: '0.0.0.0',
      EBB_DASHBOARD_PASSWORD_HASH: await hashPassword(PASSWORD),
      EBB_DASHBOARD_SESSION_HOURS: '1',
    },
  });
  return async () => {
    await dashboard.close();
    await pages.remove();
  };
});

// Each test has a span of attempts of its own.
beforeEach(() => {
  nowMs += 10 * SPAN_MS;
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(dashboard.url + path, { headers, redirect: 'manual' });
}

function post(
  path: string,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams(form);
  return fetch(dashboard.url + path, { method: 'POST', body, headers, redirect: 'manual' });
}

async function logIn(): Promise<string> {
  const response = await post('/login', { password: PASSWORD });
  return (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

describe('without a session', () => {
  test.each([
    '/api/options',
    '/api/live',
    '/api/live/stream',
    '/api/customers',
    '/api/live?nonsense=1',
    '/openapi.json',
  ])('%s is refused as JSON', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'LOGIN_NEEDED' } });
    expect((await fetch(dashboard.url + path, { method: 'HEAD' })).ok).toBe(false);
  });

  test('a page leads to the login and from there back to itself', async () => {
    const response = await get('/overview?source=shop&date=2026-03-10');
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/login?next=%2Foverview%3Fsource%3Dshop%26date%3D2026-03-10');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const page = await get(response.headers.get('location') ?? '');
    expect(await page.text()).toContain('name="next" value="/overview?source=shop&amp;date=2026-03-10"');
  });

  test('health and the files of the front end are there', async () => {
    expect((await get('/healthz/live')).status).toBe(200);
    expect((await get('/healthz/ready')).status).toBe(200);
    expect((await get('/assets/index-4f2a.js')).status).toBe(200);
    expect((await get('/assets/..%2f..%2fpackage.json')).status).toBe(404);
  });

  test('metrics are for this machine, not for who comes through a proxy on it', async () => {
    expect((await get('/metrics')).status).toBe(200);
    for (const name of ['x-forwarded-for', 'forwarded', 'via']) {
      expect((await get('/metrics', { [name]: '203.0.113.9' })).status).toBe(401);
    }
    expect((await get('/metrics', { via: '1.1 proxy', cookie: await logIn() })).status).toBe(200);
  });

  test.each([
    `${SESSION_COOKIE}=`,
    `${SESSION_COOKIE}=9999999999999.${'A'.repeat(43)}`,
    `${SESSION_COOKIE}=${'x'.repeat(8_000)}`,
    `${SESSION_COOKIE}=%00%ff; ${SESSION_COOKIE}="; drop`,
    '====;;;;',
  ])('the cookie %.40s is none', async (cookie) => {
    expect((await get('/api/options', { cookie })).status).toBe(401);
  });
});

describe('the login', () => {
  test('begins a session for the right password alone', async () => {
    const wrong = await post('/login', { password: 'three blue' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
    expect(await wrong.text()).toContain('That is not the password.');

    const right = await post('/login', { password: PASSWORD, next: '/funnel?source=shop' });
    expect(right.status).toBe(303);
    expect(right.headers.get('location')).toBe('/funnel?source=shop');
    expect(right.headers.get('set-cookie')).toMatch(/; Max-Age=3600; HttpOnly; SameSite=Strict$/);
    const cookie = (right.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    expect((await get('/api/options', { cookie })).status).toBe(200);
    expect((await get('/overview', { cookie })).status).toBe(200);
    expect(await (await get('/api/access', { cookie })).json()).toEqual({ mode: 'login', hiddenPages: [] });
  });

  test('behind TLS its cookie is for TLS alone', async () => {
    const response = await post('/login', { password: PASSWORD }, { 'x-forwarded-proto': 'https' });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test('a form may be sent from its page alone', async () => {
    const policy = async (path: string, cookie = ''): Promise<string> =>
      (await get(path, { cookie })).headers.get('content-security-policy') ?? '';
    expect(await policy('/login')).toContain("form-action 'self'");
    expect(await policy('/login')).not.toMatch(/unsafe|\*/);
    expect(await policy('/overview', await logIn())).toContain("form-action 'none'");
  });

  test.each([
    'https://evil.example/',
    '//evil.example/overview',
    '/\\evil.example',
    '/api/options',
    'javascript:alert(1)',
    '"><script>alert(1)</script>',
  ])('leads to %s never', async (next) => {
    const response = await post('/login', { password: PASSWORD, next });
    expect(response.headers.get('location')).toBe('/');
    const page = await (await get(`/login?${new URLSearchParams({ next }).toString()}`)).text();
    expect(page).toContain('name="next" value="/"');
  });

  test('what is no such form is refused with the reason', async () => {
    for (const form of [{}, { password: 'x'.repeat(300) }, { user: 'dashboard' }]) {
      expect((await post('/login', form)).status).toBe(400);
    }
    expect((await post('/login', { password: 'x'.repeat(5_000) })).status).toBe(400);
    expect((await get('/login?next=a&next=b')).status).toBe(200);
  });

  test.each(['cross-site', 'same-site'])('is not done from a %s page', async (site) => {
    const headers = { 'sec-fetch-site': site };
    expect((await post('/login', { password: PASSWORD }, headers)).status).toBe(403);
    expect((await post('/logout', {}, headers)).headers.get('set-cookie')).toBeNull();
  });

  test('many attempts have to wait, the right password too; then it is taken', async () => {
    for (let n = 0; n < MOST_ATTEMPTS; n += 1)
      expect((await post('/login', { password: `guess ${n}` })).status).toBe(401);
    const refused = await post('/login', { password: PASSWORD });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(String(SPAN_MS / 1000));
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect(await refused.text()).toContain('Too many attempts. Try again in 10 min.');
    nowMs += SPAN_MS;
    expect((await post('/login', { password: PASSWORD })).status).toBe(303);
  });

  test('attempts side by side are counted before they are looked at', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => post('/login', { password: 'guess' })));
    const statuses = all.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(MOST_ATTEMPTS);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(40 - MOST_ATTEMPTS);
  });
});

describe('a session', () => {
  test('ends at its hour, and with a logout in the browser', async () => {
    const cookie = await logIn();
    nowMs += HOUR_MS - 60_000;
    expect((await get('/api/options', { cookie })).status).toBe(200);
    nowMs += 60_000;
    expect((await get('/api/options', { cookie })).status).toBe(401);
    const out = await post('/logout', {}, { 'sec-fetch-site': 'same-origin' });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(new RegExp(`^${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly`));
  });

  test('ends its streams with it', async () => {
    const cookie = await logIn();
    nowMs += HOUR_MS - 400;
    const response = await get('/api/live/stream', { cookie });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });
});
