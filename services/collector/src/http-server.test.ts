import { createHash } from 'node:crypto';
import { DEFAULT_POLICY, PolicyBook } from '@ebb/contracts';
import { createMetrics } from '@ebb/runtime';
import { pino } from 'pino';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { Refusal } from './errors.ts';
import type { EventEndpoint, EventRequest } from './event-endpoint.ts';
import { createHttpServer } from './http-server.ts';
import { createCollectorMetrics } from './metrics.ts';
import { WriteKeySet } from './write-keys.ts';

const ORIGIN = 'https://shop.example';
const key = {
  id: 'k',
  name: 'shop',
  hash: createHash('sha256').update('secret').digest(),
  allowedOrigins: [ORIGIN],
  source: 'shop',
  limit: { ratePerSecond: 1, burst: 1 },
};
const metrics = createMetrics('collector');
const seen: EventRequest[] = [];
let failure: Error | null = null;
let draining = false;

/** The endpoint has tests of its own; here it only shows what reaches it. */
const endpoint = {
  handle: (request: EventRequest) => {
    seen.push(request);
    return failure === null ? Promise.resolve({ accepted: 1, rejected: [] }) : Promise.reject(failure);
  },
} as unknown as EventEndpoint;

const app = createHttpServer({
  endpoint,
  settings: () => ({ keys: new WriteKeySet([key]), policies: new PolicyBook([DEFAULT_POLICY]) }),
  access: { demoKeyHash: null },
  demoShopKey: null,
  readiness: () => ({ ready: true, reasons: [] }),
  isDraining: () => draining,
  limits: { maxEvents: 1_000, maxBytes: 1_000_000, requestTimeoutMs: 1_000, maxConnections: 10 },
  metrics,
  collectorMetrics: createCollectorMetrics(metrics),
  logger: pino({ level: 'silent' }),
});

afterAll(() => app.close());

const URL_PATH = '/v1/website-events';
const post = (headers: Record<string, string>, url = URL_PATH): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, payload: '{}' });

describe('cross-origin requests', () => {
  test('a preflight from a listed origin allows the method and every header a sender needs', async () => {
    const response = await app.inject({ method: 'OPTIONS', url: URL_PATH, headers: { origin: ORIGIN } });
    expect(response.statusCode).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, content-encoding, idempotency-key',
      vary: 'Origin',
    });
    expect(response.headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('a preflight from elsewhere learns nothing', async () => {
    const response = await app.inject({
      method: 'OPTIONS',
      url: URL_PATH,
      headers: { origin: 'https://evil.example' },
    });
    expect(response.statusCode).toBe(403);
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('answers and refusals can be read by the page that sent the request', async () => {
    const accepted = await post({ origin: ORIGIN, authorization: 'Bearer secret' });
    const refused = await post({ origin: ORIGIN, authorization: 'Bearer wrong' });
    expect([accepted.statusCode, refused.statusCode]).toEqual([202, 401]);
    for (const { headers } of [accepted, refused]) expect(headers['access-control-allow-origin']).toBe(ORIGIN);
  });
});

describe('refusals', () => {
  test('carry their status, code and the time to wait', async () => {
    failure = new Refusal('unavailable', 'later', { retryAfterMs: 1_200 });
    const response = await post({ authorization: 'Bearer secret' });
    failure = null;
    expect([response.statusCode, response.headers['retry-after'], response.json()]).toEqual([
      503,
      '2',
      { error: { code: 'unavailable', message: 'later' } },
    ]);
  });

  test('an unexpected error says nothing of its cause', async () => {
    failure = new Error('password of the database');
    const response = await post({ authorization: 'Bearer secret' });
    failure = null;
    expect([response.statusCode, response.payload.includes('password')]).toEqual([500, false]);
  });

  test('a stopping collector takes nothing and closes the connection', async () => {
    draining = true;
    const response = await post({ authorization: 'Bearer secret' });
    draining = false;
    expect([response.statusCode, response.headers.connection]).toEqual([503, 'close']);
  });

  test('unknown paths and methods do not repeat the address, which may hold a key', async () => {
    const unknown = await app.inject('/v9/events?key=secret');
    const wrong = await app.inject({ method: 'PUT', url: `${URL_PATH}?key=secret` });
    expect([unknown.statusCode, wrong.statusCode, wrong.headers.allow]).toEqual([404, 405, 'POST, OPTIONS']);
    expect(unknown.payload + wrong.payload).not.toContain('secret');
  });

  test('an address that cannot be decoded is a 400', async () => {
    expect((await app.inject('/demo-shop/product/%E0%A4%A')).statusCode).toBe(400);
  });
});

test('the key may stand in the address, and an Idempotency-Key reaches the endpoint', async () => {
  await post({ 'idempotency-key': 'import-1' }, `${URL_PATH}?key=secret`);
  expect(seen.at(-1)).toMatchObject({ idempotencyKey: 'import-1', kind: 'website', key: { name: 'shop' } });
});
