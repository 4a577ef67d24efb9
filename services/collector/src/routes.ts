/**
 * Every route of the collector, once: the server registers this table and `/openapi.json` describes it, so that they
 * cannot differ. Paths are in OpenAPI's form.
 */

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  readonly path: string;
  readonly summary: string;
  readonly tag: 'events' | 'browser' | 'operations';
  /** Success and ordinary answers; refusals of event requests are listed in EVENT_REFUSALS. */
  readonly answers: Readonly<Record<number, string>>;
}

const PREFLIGHT = { 204: 'the origin may send events', 403: 'no key lists the origin' };
const PAGE = { 200: 'HTML page' };
const CACHED = { 200: 'file', 304: 'not changed since the ETag that was sent' };

export const ROUTES = {
  postWebsiteEvents: {
    method: 'POST',
    path: '/v1/website-events',
    tag: 'events',
    summary: 'Take web events',
    answers: { 202: 'Kafka acknowledged every accepted event and every dead letter' },
  },
  postPurchaseEvents: {
    method: 'POST',
    path: '/v1/purchase-events',
    tag: 'events',
    summary: 'Take purchase events',
    answers: { 202: 'Kafka acknowledged every accepted event and every dead letter' },
  },
  preflightWebsiteEvents: {
    method: 'OPTIONS',
    path: '/v1/website-events',
    tag: 'events',
    summary: 'CORS preflight',
    answers: PREFLIGHT,
  },
  preflightPurchaseEvents: {
    method: 'OPTIONS',
    path: '/v1/purchase-events',
    tag: 'events',
    summary: 'CORS preflight',
    answers: PREFLIGHT,
  },
  getTracker: { method: 'GET', path: '/tracker.js', tag: 'browser', summary: 'Browser tracker', answers: CACHED },
  getShop: { method: 'GET', path: '/demo-shop', tag: 'browser', summary: 'Demo shop', answers: PAGE },
  getShopProduct: {
    method: 'GET',
    path: '/demo-shop/product/{productId}',
    tag: 'browser',
    summary: 'Demo shop: a product',
    answers: PAGE,
  },
  getShopCart: { method: 'GET', path: '/demo-shop/cart', tag: 'browser', summary: 'Demo shop: cart', answers: PAGE },
  getShopCheckout: {
    method: 'GET',
    path: '/demo-shop/checkout',
    tag: 'browser',
    summary: 'Demo shop: checkout',
    answers: PAGE,
  },
  getShopScript: {
    method: 'GET',
    path: '/demo-shop/assets/shop.js',
    tag: 'browser',
    summary: 'Demo shop: script',
    answers: CACHED,
  },
  getShopStyle: {
    method: 'GET',
    path: '/demo-shop/assets/shop.css',
    tag: 'browser',
    summary: 'Demo shop: style',
    answers: CACHED,
  },
  getShopConfig: {
    method: 'GET',
    path: '/demo-shop/config.json',
    tag: 'browser',
    summary: 'Demo shop: the write key its visitors use, or null',
    answers: { 200: 'configuration' },
  },
  getLive: {
    method: 'GET',
    path: '/healthz/live',
    tag: 'operations',
    summary: 'The process answers',
    answers: { 200: 'alive' },
  },
  getReady: {
    method: 'GET',
    path: '/healthz/ready',
    tag: 'operations',
    summary: 'Events can be taken',
    answers: { 200: 'ready', 503: 'not ready, with reasons' },
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'operations',
    summary: 'Prometheus metrics',
    answers: { 200: 'Prometheus text' },
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'operations',
    summary: 'This description',
    answers: { 200: 'OpenAPI 3.1' },
  },
} as const satisfies Record<string, RouteSpec>;

export type RouteId = keyof typeof ROUTES;

export const ROUTE_IDS = Object.keys(ROUTES) as RouteId[];

/** `/a/{b}` → `/a/:b`, as the router wants it. */
export function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** The methods a path takes, for 405; empty when the path is unknown. */
export function methodsOf(path: string): string[] {
  const methods = ROUTE_IDS.map((id): RouteSpec => ROUTES[id])
    .filter((route) => pathPattern(route.path).test(path))
    .flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  return [...new Set(methods)];
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
