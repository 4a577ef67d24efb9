import { type Clock, verifyPassword } from '@ebb/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DashboardError } from '../errors.ts';
import { PAGE_PATHS } from '../http/pages.ts';
import { securityHeaders } from '../http/security.ts';
import { localPath } from './local-path.ts';
import { LoginAttempts } from './login-attempts.ts';
import { readLoginPage } from './login-page.ts';
import { endedSession, type Sessions } from './sessions.ts';

export interface LoginDeps {
  readonly sessions: Sessions;
  readonly passwordHash: string;
  readonly clock: Clock;
  readonly webDirectory: string;
}

const LONGEST_PASSWORD = 256;
/** Each takes 16 MB and a thread. */
const MOST_AT_ONCE = 3;
const BUSY_WAIT_MS = 1_000;

const formSchema = z.object({ password: z.string().max(LONGEST_PASSWORD), next: z.string().optional() });
const querySchema = z.object({ next: z.string().optional().catch(undefined) });

/** The page that asks for the password, and the two that begin and end a session. */
export function registerLogin(app: FastifyInstance, deps: LoginDeps): void {
  const { sessions, passwordHash, clock } = deps;
  const page = readLoginPage(deps.webDirectory);
  const attempts = new LoginAttempts();
  let underWay = 0;
  const show = (reply: FastifyReply, status: number, next: string, message: string | null): FastifyReply =>
    reply
      .code(status)
      .headers(securityHeaders("'self'"))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(page(next, message));
  const isRight = async (password: string): Promise<boolean> => {
    underWay += 1;
    try {
      return await verifyPassword(password, passwordHash);
    } finally {
      underWay -= 1;
    }
  };

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.get('/login', (request, reply) =>
    show(reply, 200, localPath(querySchema.parse(request.query).next, PAGE_PATHS), null),
  );
  app.post('/login', async (request, reply) => {
    refuseOtherSites(request);
    const form = formSchema.safeParse(request.body);
    if (!form.success) throw new DashboardError('INVALID_QUERY', 'expected a form with the field "password"');
    const next = localPath(form.data.next, PAGE_PATHS);
    const waitMs = underWay >= MOST_AT_ONCE ? BUSY_WAIT_MS : attempts.take(request.ip, clock.nowMs());
    if (waitMs > 0) return show(reply.header('retry-after', seconds(waitMs)), 429, next, tooMany(waitMs));
    if (!(await isRight(form.data.password))) return show(reply, 401, next, 'That is not the password.');
    attempts.forget(request.ip);
    return reply
      .header('set-cookie', sessions.begin(clock.nowMs(), isHttps(request)))
      .header('cache-control', 'no-store')
      .redirect(next, 303);
  });
  app.post('/logout', (request, reply) => {
    refuseOtherSites(request);
    return reply
      .code(204)
      .header('set-cookie', endedSession(isHttps(request)))
      .send();
  });
}

/** Browsers say where a request was made; the page of another site must not log anybody in or out. */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site === 'same-origin' || site === 'none') return;
  throw new DashboardError(
    'OTHER_SITE',
    `Logging in and out is done on this site, not from a page of another (${site}).`,
  );
}

/** Told by the proxy that speaks TLS; who pretends it only makes the own cookie stricter. */
function isHttps({ headers }: FastifyRequest): boolean {
  return headers['x-forwarded-proto'] === 'https';
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function tooMany(waitMs: number): string {
  const wait = waitMs < 60_000 ? `${seconds(waitMs)} s` : `${Math.ceil(waitMs / 60_000)} min`;
  return `Too many attempts. Try again in ${wait}.`;
}
