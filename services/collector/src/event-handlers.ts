import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorize, isOriginWelcome, originRefusal, type Presented } from './access.ts';
import { Refusal } from './errors.ts';
import type { EventKind } from './event-endpoint.ts';
import type { HttpServerDeps } from './http-server.ts';
import type { IntakeSettings } from './settings-store.ts';

const STOPPING_RETRY_AFTER_MS = 1_000;
const SETTINGS_RETRY_AFTER_MS = 2_000;
const PREFLIGHT_MAX_AGE_S = '600';

/** The two event routes. Who may send is decided before a byte of the body is read. */
export async function answerEvents(
  deps: HttpServerDeps,
  kind: EventKind,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const settings = requireIntake(deps);
  const presented = presentedBy(request);
  allowOrigin(deps, settings, presented, reply);
  const key = authorize(presented, settings.keys, deps.access);
  const { headers } = request;
  const answer = await deps.endpoint.handle({
    kind,
    body: request.raw,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    contentLength: headers['content-length'] === undefined ? null : Number(headers['content-length']),
    idempotencyKey: singleHeader(headers['idempotency-key']),
    key,
    settings,
  });
  return reply.code(202).send(answer);
}

export function answerPreflight(deps: HttpServerDeps, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const presented = presentedBy(request);
  allowOrigin(deps, requireIntake(deps), presented, reply);
  if (presented.origin === undefined) throw new Refusal('invalid_request', 'a preflight names its origin');
  return reply
    .headers({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, content-encoding, idempotency-key',
      'access-control-max-age': PREFLIGHT_MAX_AGE_S,
    })
    .code(204)
    .send();
}

/** CORS: an origin no key lists learns nothing; the others may read the answers, refusals too. */
function allowOrigin(deps: HttpServerDeps, settings: IntakeSettings, presented: Presented, reply: FastifyReply): void {
  reply.header('vary', 'Origin');
  if (presented.origin === undefined) return;
  if (!isOriginWelcome(presented, settings.keys, deps.access)) throw originRefusal(presented.origin);
  reply.headers({
    'access-control-allow-origin': presented.origin,
    'access-control-expose-headers': 'retry-after',
  });
}

function requireIntake(deps: HttpServerDeps): IntakeSettings {
  if (deps.isDraining()) {
    throw new Refusal('stopping', 'this collector is stopping', { retryAfterMs: STOPPING_RETRY_AFTER_MS });
  }
  const settings = deps.settings();
  if (settings !== null) return settings;
  // Without keys nobody can be told apart; a 401 would make senders give up.
  throw new Refusal('unavailable', 'write keys are not loaded yet', { retryAfterMs: SETTINGS_RETRY_AFTER_MS });
}

function presentedBy(request: FastifyRequest): Presented {
  const { headers } = request;
  return {
    authorization: headers.authorization,
    queryKey: (request.query as Record<string, unknown>)['key'],
    origin: headers.origin,
    host: headers.host,
  };
}

function singleHeader(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text === '' ? null : text;
}
