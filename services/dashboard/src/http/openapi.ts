import { z } from 'zod';
import { errorSchema } from '../api/error-schema.ts';
import { REFUSALS, type RefusalCode } from '../errors.ts';
import type { Route } from './route.ts';

/** What the guard may say before a route is asked. */
const ACCESS_REFUSALS: readonly RefusalCode[] = ['LOGIN_NEEDED', 'NOT_PUBLIC'];

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 description of the routes that are served, from the schemas that check them. */
export function describeApi(routes: readonly Route[]): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ebb dashboard',
      version: '1',
      description:
        'Live figures and the published marts, read-only. Amounts are decimal text, instants ISO 8601, minutes seconds since 1970.',
    },
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: operation(route) }])),
    components: { schemas: { Error: toJson(errorSchema, 'output') } },
  };
}

function operation(route: Route): Json {
  return {
    summary: route.summary,
    parameters: parameters(route.query),
    responses: { '200': { description: 'The answer', content: contentOf(route) }, ...refusals(route) },
  };
}

function contentOf(route: Route): Json {
  if (route.kind === 'json') return { 'application/json': { schema: toJson(route.response, 'output') } };
  return { [route.kind === 'file' ? route.contentType : 'text/event-stream']: { schema: { type: 'string' } } };
}

function parameters(query: z.ZodType): Json[] {
  const schema = toJson(query, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function refusals(route: Route): Json {
  const byStatus = Map.groupBy([...route.refusals, ...ACCESS_REFUSALS], (code) => String(REFUSALS[code]));
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content }]),
  );
}

function toJson(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
