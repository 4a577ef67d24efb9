import { createMetrics } from '@ebb/runtime';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { EventEndpoint } from './event-endpoint.ts';
import { createHttpServer } from './http-server.ts';
import { createCollectorMetrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { methodsOf, ROUTE_IDS, routerPath, ROUTES } from './routes.ts';

const limits = { maxEvents: 1_000, maxBytes: 1_000_000, requestTimeoutMs: 1_000, maxConnections: 10 };

function server(): ReturnType<typeof createHttpServer> {
  const metrics = createMetrics('collector');
  return createHttpServer({
    endpoint: {} as EventEndpoint,
    settings: () => null,
    access: { demoKeyHash: null },
    demoShopKey: null,
    readiness: () => ({ ready: false, reasons: ['a test'] }),
    isDraining: () => false,
    limits,
    metrics,
    collectorMetrics: createCollectorMetrics(metrics),
    logger: pino({ level: 'silent' }),
  });
}

interface Description {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

test('the description holds exactly the routes the server has', async () => {
  const app = server();
  const described = (await app.inject('/openapi.json')).json<Description>();
  const operations = Object.entries(described.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method: method.toUpperCase(), url: routerPath(path) })),
  );
  // Method by method: hasRoute answers for the router itself, not for the table both sides come from.
  for (const route of operations) expect(app.hasRoute(route as { method: 'GET'; url: string })).toBe(true);
  const printed = app.printRoutes({ commonPrefix: false });
  const served = [...printed.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods]) => (methods ?? '').split(', '));
  expect(served.filter((method) => method !== 'HEAD').length).toBe(operations.length);
  await app.close();
});

test('operations answered without any server have a documented status', async () => {
  const app = server();
  const { paths } = describeApi(limits) as unknown as Description;
  for (const id of ROUTE_IDS) {
    const { method, path } = ROUTES[id];
    const response = await app.inject({ method, url: routerPath(path).replace(':productId', 'P001') });
    const documented = Object.keys(paths[path]?.[method.toLowerCase()]?.responses ?? {});
    expect([...documented, '503'], `${method} ${path}`).toContain(String(response.statusCode));
  }
  await app.close();
});

test('assets are cached, compressed and revalidated', async () => {
  const app = server();
  const plain = await app.inject('/tracker.js');
  const zipped = await app.inject({ url: '/tracker.js', headers: { 'accept-encoding': 'br, gzip' } });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
  const again = await app.inject({ url: '/tracker.js', headers: { 'if-none-match': String(plain.headers.etag) } });
  expect([again.statusCode, again.payload]).toEqual([304, '']);
  await app.close();
});

test('methods of a path', () => {
  expect(methodsOf('/v1/website-events')).toEqual(['POST', 'OPTIONS']);
  expect(methodsOf('/demo-shop/product/P001')).toEqual(['GET', 'HEAD']);
  expect(methodsOf('/trackerXjs')).toEqual([]);
});
