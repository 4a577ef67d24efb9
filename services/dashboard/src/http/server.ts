import type { Clock } from '@ebb/core';
import type { Logger } from '@ebb/runtime';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import { registerGuard } from '../access/guard.ts';
import { DashboardError, toDashboardError } from '../errors.ts';
import type { DashboardMetrics } from '../metrics.ts';
import { type Health, registerHealth } from './health.ts';
import { describeApi } from './openapi.ts';
import { registerPages } from './pages.ts';
import { registerRoute, type Route } from './route.ts';
import { SECURITY_HEADERS } from './security.ts';

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly health: Health;
  readonly metrics: DashboardMetrics;
  readonly logger: Logger;
  readonly access: Access;
  readonly clock: Clock;
  /** Directory of the built front end. */
  readonly webDirectory: string;
}

const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 72_000;
const MAX_BODY_BYTES = 1_024;
const RETRY_AFTER_S = '5';

/** The HTTP server, ready to listen: API, pages, health, metrics, description. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => void sendError(options.logger, error, request, reply),
  });
  app.addHook('onRequest', (_, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    options.metrics.requestMs.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime);
    done();
  });
  app.setErrorHandler((error, request, reply) => sendError(options.logger, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      options.logger,
      new DashboardError('NOT_FOUND', `There is nothing at ${pathOf(request)}.`),
      request,
      reply,
    ),
  );
  registerGuard(app, options);
  for (const route of options.routes) registerRoute(app, route);
  const description = describeApi(options.routes);
  app.get('/openapi.json', () => description);
  registerHealth(app, options.health, options.metrics.registry);
  await registerPages(app, options.webDirectory);
  return app;
}

function sendError(logger: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = isClientError(error) ? new DashboardError('INVALID_QUERY', error.message) : toDashboardError(error);
  if (known.status >= 500) {
    logger.error({
      event: 'request_failed',
      route: request.routeOptions.url,
      code: known.code,
      err: known.cause ?? known,
    });
  }
  if (known.status === 503) void reply.header('retry-after', RETRY_AFTER_S);
  return reply
    .code(known.status)
    .header('cache-control', 'no-store')
    .send({ error: { code: known.code, message: known.message } });
}

/** Fastify's own refusals, such as a malformed address. */
function isClientError(error: unknown): error is Error & { statusCode: number } {
  return (
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500
  );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
