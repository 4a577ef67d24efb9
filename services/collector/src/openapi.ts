import { REFUSALS, type RefusalCode } from './errors.ts';
import { ROUTE_IDS, type RouteId, ROUTES, type RouteSpec } from './routes.ts';

export interface OpenApiOptions {
  maxEvents: number;
  maxBytes: number;
}

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 description of the route table. */
export function describeApi(options: OpenApiOptions): Json {
  const paths: Record<string, Json> = {};
  for (const id of ROUTE_IDS) {
    const route: RouteSpec = ROUTES[id];
    const item = (paths[route.path] ??= {});
    item[route.method.toLowerCase()] = operation(id, route, options);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ebb collector',
      version: '1',
      description:
        'Takes web and purchase events. A 202 means that Kafka has acknowledged them; every other answer to an event request means that none of it was taken.',
    },
    tags: [{ name: 'events' }, { name: 'browser' }, { name: 'operations' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'write key' },
        queryKey: { type: 'apiKey', in: 'query', name: 'key', description: 'write key, for sendBeacon' },
      },
      schemas: { EventAnswer: EVENT_ANSWER, Refusal: REFUSAL },
    },
  };
}

function operation(id: RouteId, route: RouteSpec, options: OpenApiOptions): Json {
  const takesEvents = route.method === 'POST';
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: id,
    summary: route.summary,
    tags: [route.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takesEvents ? eventRequest(options) : {}),
    responses: { ...plainAnswers(route), ...(takesEvents ? refusals() : {}) },
  };
}

function plainAnswers(route: RouteSpec): Json {
  const content = route.method === 'POST' ? jsonContent('EventAnswer') : {};
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, description]) => [status, { description, ...content }]),
  );
}

function eventRequest(options: OpenApiOptions): Json {
  const event = { type: 'object', description: 'an event; see the JSON Schemas of "ebb contracts export"' };
  const oneOrMany = { oneOf: [event, { type: 'array', items: event, maxItems: options.maxEvents }] };
  return {
    description: `At most ${options.maxEvents} events and ${options.maxBytes} bytes, also after decompression (Content-Encoding: gzip).`,
    security: [{ bearer: [] }, { queryKey: [] }],
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        schema: { type: 'string', maxLength: 256 },
        description: 'makes the ids of events without event_id: the same header and body give the same ids',
      },
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: oneOrMany },
        'text/plain': { schema: { type: 'string', contentMediaType: 'application/json' } },
        'application/x-ndjson': { schema: { type: 'string', description: 'one event a line' } },
      },
    },
  };
}

/** Refusals an event request can meet, by status. */
function refusals(): Json {
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    byStatus.set(REFUSALS[code], [...(byStatus.get(REFUSALS[code]) ?? []), code]);
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      status,
      { description: codes.join(', '), ...jsonContent('Refusal'), ...retryAfterHeader(status) },
    ]),
  );
}

function retryAfterHeader(status: number): Json {
  if (status !== 429 && status !== 503) return {};
  return { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'seconds' } } };
}

function jsonContent(schema: string): Json {
  return { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

const EVENT_ANSWER = {
  type: 'object',
  required: ['accepted', 'rejected'],
  properties: {
    accepted: { type: 'integer', minimum: 0 },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'event_id', 'code', 'message'],
        properties: {
          index: { type: 'integer', minimum: 0, description: 'position in the request' },
          event_id: { type: ['string', 'null'] },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
  },
};

const REFUSAL = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: Object.keys(REFUSALS) }, message: { type: 'string' } },
    },
  },
};
