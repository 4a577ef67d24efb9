import type { Socket } from 'node:net';
import type { Logger, Metrics, Readiness } from '@ebb/runtime';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AccessOptions } from './access.ts';
import { type Asset, type Assets, loadAssets } from './assets.ts';
import { isRefusal, Refusal, refusalBody, type RefusalCode, REFUSALS } from './errors.ts';
import type { EventEndpoint } from './event-endpoint.ts';
import { answerEvents, answerPreflight } from './event-handlers.ts';
import type { CollectorMetrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { methodsOf, ROUTE_IDS, type RouteId, routerPath, ROUTES } from './routes.ts';
import type { IntakeSettings } from './settings-store.ts';

export interface HttpServerDeps {
  endpoint: EventEndpoint;
  /** Null until keys and policies were read once. */
  settings: () => IntakeSettings | null;
  access: AccessOptions;
  demoShopKey: string | null;
  readiness: () => Readiness;
  isDraining: () => boolean;
  limits: { maxEvents: number; maxBytes: number; requestTimeoutMs: number; maxConnections: number };
  metrics: Metrics;
  collectorMetrics: CollectorMetrics;
  logger: Logger;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

const SHOP_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const KEEP_ALIVE_MS = 65_000;
const CHECK_CONNECTIONS_MS = 1_000;

/** The HTTP surface: every route of the table, errors in one shape, no address with its query in any log. */
export function createHttpServer(deps: HttpServerDeps): FastifyInstance {
  const { requestTimeoutMs } = deps.limits;
  const app = Fastify({
    logger: false,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: CHECK_CONNECTIONS_MS },
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
    frameworkErrors: (error, _request, reply) => sendError(deps, error, reply),
  });
  app.server.maxConnections = deps.limits.maxConnections;
  // Bodies are read by the endpoint, under its own limits; the framework must not buffer them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // Otherwise an answer sent during a drain leaves an idle connection that keeps the server open.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (deps.isDraining()) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    deps.collectorMetrics.requests.inc({ route, status: reply.statusCode });
    if (request.method === 'POST') deps.collectorMetrics.requestSeconds.observe({ route }, reply.elapsedTime / 1_000);
    done();
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendError(deps, error, reply));
  app.setNotFoundHandler((request, reply) => sendError(deps, unknownRoute(request, reply), reply));
  const handlers = createHandlers(deps, loadAssets());
  for (const id of ROUTE_IDS) {
    const { method, path } = ROUTES[id];
    app.route({ method, url: routerPath(path), handler: handlers[id] });
  }
  return app;
}

function createHandlers(deps: HttpServerDeps, assets: Assets): Record<RouteId, Handler> {
  const shopPage: Handler = (request, reply) =>
    sendAsset(request, reply.header('content-security-policy', SHOP_POLICY), assets.shopPage);
  return {
    postWebsiteEvents: (request, reply) => answerEvents(deps, 'website', request, reply),
    postPurchaseEvents: (request, reply) => answerEvents(deps, 'purchase', request, reply),
    preflightWebsiteEvents: (request, reply) => answerPreflight(deps, request, reply),
    preflightPurchaseEvents: (request, reply) => answerPreflight(deps, request, reply),
    // Pages under cross-origin isolation load it only with this header.
    getTracker: (request, reply) =>
      sendAsset(request, reply.header('cross-origin-resource-policy', 'cross-origin'), assets.tracker),
    getShop: shopPage,
    getShopProduct: shopPage,
    getShopCart: shopPage,
    getShopCheckout: shopPage,
    getShopScript: serve(assets.shopScript),
    getShopStyle: serve(assets.shopStyle),
    getShopConfig: (_request, reply) => reply.header('cache-control', 'no-store').send({ writeKey: deps.demoShopKey }),
    getLive: () => ({ live: true }),
    getReady: (_request, reply) => {
      const readiness = deps.readiness();
      return reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
    getMetrics: async (_request, reply) =>
      reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics()),
    getOpenApi: () => describeApi(deps.limits),
  };
}

function serve(asset: Asset): Handler {
  return (request, reply) => sendAsset(request, reply, asset);
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply.headers({
    etag: asset.etag,
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=300',
    'x-content-type-options': 'nosniff',
  });
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (gzip) reply.header('content-encoding', 'gzip');
  return reply.type(asset.type).send(gzip ? asset.gzipped : asset.body);
}

function unknownRoute(request: FastifyRequest, reply: FastifyReply): Refusal {
  const methods = methodsOf(request.url.split('?', 1)[0] ?? '/');
  if (methods.length === 0) return new Refusal('not_found', 'no such path; see /openapi.json');
  reply.header('allow', methods.join(', '));
  return new Refusal('method_not_allowed', `this path takes ${methods.join(', ')}`);
}

/** Every error in one shape. The framework's own messages quote the address, which may hold a key: they are replaced. */
function sendError(deps: HttpServerDeps, error: Error & { statusCode?: number }, reply: FastifyReply): void {
  const refusal = isRefusal(error) ? error : toRefusal(error);
  deps.collectorMetrics.refusals.inc({ code: refusal.code });
  if (refusal.code === 'internal')
    deps.logger.error({ event: 'request_failed', message: error.message, stack: error.stack });
  else if (refusal.code === 'unavailable' && refusal.cause instanceof Error) {
    deps.logger.warn({ event: 'produce_failed', message: refusal.cause.message });
  }
  if (refusal.retryAfterMs !== null)
    reply.header('retry-after', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000))));
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  void reply.code(refusal.status).send(refusalBody(refusal.code, refusal.message));
}

function toRefusal(error: Error & { statusCode?: number }): Refusal {
  const status = error.statusCode ?? 500;
  if (status === 415) return new Refusal('unsupported_media_type', 'the Content-Type cannot be read');
  if (status === 413) return new Refusal('body_too_large', 'the body is too large');
  if (status === 503) return new Refusal('stopping', 'this collector is stopping', { retryAfterMs: 1_000 });
  if (status >= 400 && status < 500) return new Refusal('invalid_request', 'the request cannot be read');
  return new Refusal('internal', 'an unexpected error; the request may be sent again');
}

const SOCKET_REASONS: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request took too long to arrive'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'the headers are too large'],
};

/** Bytes that are no HTTP request, or one that never ends: answered by hand, there is no request object. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const [code, message] = SOCKET_REASONS[error.code ?? ''] ?? ['invalid_request', 'not a valid HTTP request'];
  const body = JSON.stringify(refusalBody(code, message));
  const head = `HTTP/1.1 ${REFUSALS[code]} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.end(head + body);
}
