import { isStorableText } from '@ebb/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { DashboardError, type RefusalCode } from '../errors.ts';

/** An answer that is JSON already, checked when it was made. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A typed endpoint: what it takes and gives is checked at run time and described in /openapi.json. */
export interface JsonRoute<Q extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  readonly response: R;
  readonly refusals: readonly RefusalCode[];
  handle(query: z.output<Q>): Promise<z.input<R> | JsonText>;
}

/** An endpoint that keeps the connection and sends events. */
export interface StreamRoute<Q extends z.ZodType = z.ZodType> {
  readonly kind: 'stream';
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  readonly refusals: readonly RefusalCode[];
  open(query: z.output<Q>, request: FastifyRequest, reply: FastifyReply): void;
}

/** An endpoint that gives a file to keep. */
export interface FileRoute<Q extends z.ZodType = z.ZodType> {
  readonly kind: 'file';
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  readonly contentType: string;
  readonly refusals: readonly RefusalCode[];
  write(query: z.output<Q>): Promise<{ name: string; content: string | Buffer }>;
}

export type Route = JsonRoute | StreamRoute | FileRoute;

export function jsonRoute<Q extends z.ZodType, R extends z.ZodType>(route: Omit<JsonRoute<Q, R>, 'kind'>): Route {
  return { kind: 'json', ...route } as unknown as Route;
}

export function streamRoute<Q extends z.ZodType>(route: Omit<StreamRoute<Q>, 'kind'>): Route {
  return { kind: 'stream', ...route } as unknown as Route;
}

export function fileRoute<Q extends z.ZodType>(route: Omit<FileRoute<Q>, 'kind'>): Route {
  return { kind: 'file', ...route } as unknown as Route;
}

export function registerRoute(app: FastifyInstance, route: Route): void {
  // A HEAD of a stream would never end.
  app.get(route.path, { exposeHeadRoute: route.kind !== 'stream' }, async (request, reply) => {
    const query = parseQuery(route, request.query);
    if (route.kind === 'stream') {
      route.open(query, request, reply);
      return reply;
    }
    void reply.header('cache-control', 'no-store');
    if (route.kind === 'json') {
      const answer = await route.handle(query);
      if (!(answer instanceof JsonText)) return reply.send(route.response.parse(answer));
      return reply.type('application/json; charset=utf-8').send(answer.text);
    }
    const { name, content } = await route.write(query);
    return reply.header('content-disposition', `attachment; filename="${name}"`).type(route.contentType).send(content);
  });
}

function parseQuery(route: Route, query: unknown): unknown {
  const unstorable = Object.entries(query ?? {}).find(([name, value]) => !isStorable(name) || !isStorable(value));
  if (unstorable !== undefined) {
    throw new DashboardError('INVALID_QUERY', `${unstorable[0]}: no text with a NUL or half a character is stored`);
  }
  const parsed = route.query.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'query'}: ${issue.message}`);
  throw new DashboardError('INVALID_QUERY', problems.join('; '));
}

function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || isStorableText(value);
}
