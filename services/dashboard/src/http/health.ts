import type { Metrics } from '@ebb/runtime';
import type { FastifyInstance } from 'fastify';

export interface Health {
  /** What keeps the service from doing its work, in words; empty when nothing does. */
  problems(): Promise<string[]>;
}

/** Live: the event loop turns. Ready: database and front end are there and the service is not stopping. */
export function registerHealth(app: FastifyInstance, health: Health, registry: Metrics['registry']): void {
  app.get('/healthz/live', () => ({ live: true }));
  app.get('/healthz/ready', async (_, reply) => {
    const reasons = await health.problems();
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready: reasons.length === 0, reasons });
  });
  app.get('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
