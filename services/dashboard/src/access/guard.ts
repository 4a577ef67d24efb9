import type { Clock } from '@ebb/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DashboardError } from '../errors.ts';
import { PAGE_PATHS } from '../http/pages.ts';
import { type Access, isLoopback } from './access.ts';
import { registerLogin } from './login-routes.ts';
import { PUBLIC_PATHS } from './public-paths.ts';
import { Sessions } from './sessions.ts';

/** The front end's own files hold no figures; health has to be asked for by who has no login. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/healthz/live', '/healthz/ready', '/login', '/logout', '/*']);
const METRICS = '/metrics';

export interface GuardOptions {
  readonly access: Access;
  readonly clock: Clock;
  /** Directory of the built front end, which has the login page. */
  readonly webDirectory: string;
}

/** Looks at every request before anything else does, and lets through what the access allows. */
export function registerGuard(app: FastifyInstance, { access, clock, webDirectory }: GuardOptions): void {
  if (access.mode === 'open') return;
  if (access.mode === 'public') {
    app.addHook('onRequest', (request, _, done) => done(publicRefusal(request)));
    return;
  }
  const sessions = new Sessions(access.passwordHash, access.sessionMs);
  app.addHook('onRequest', async (request, reply) => {
    if (isOpen(request)) return undefined;
    const nowMs = clock.nowMs();
    const expiresMs = sessions.expiryOf(request.headers.cookie, nowMs);
    if (expiresMs !== null) {
      cutAtExpiry(reply, expiresMs - nowMs);
      return undefined;
    }
    if (!isPage(request)) throw new DashboardError('LOGIN_NEEDED', 'Log in first: open /login in a browser.');
    const query = new URLSearchParams({ next: request.url });
    return reply.header('cache-control', 'no-store').redirect(`/login?${query.toString()}`);
  });
  registerLogin(app, { sessions, passwordHash: access.passwordHash, clock, webDirectory });
}

function publicRefusal(request: FastifyRequest): DashboardError | undefined {
  const route = request.routeOptions.url;
  if (route === undefined || isOpen(request) || isPage(request) || PUBLIC_PATHS.has(route)) return undefined;
  const message =
    'This is the public view: it is read-only and shows nothing about single customers, messages or files.';
  return new DashboardError('NOT_PUBLIC', message);
}

function isOpen(request: FastifyRequest): boolean {
  const route = request.routeOptions.url ?? '';
  return OPEN_ROUTES.has(route) || (route === METRICS && isFromHere(request));
}

function isPage(request: FastifyRequest): boolean {
  return PAGE_PATHS.some((path) => path === request.routeOptions.url);
}

/** From this machine itself, and not for somebody behind a proxy on it. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  const isForwarded = ['forwarded', 'via', 'x-forwarded-for'].some((name) => headers[name] !== undefined);
  return !isForwarded && isLoopback(socket.remoteAddress ?? '');
}

/** A stream ends with the session it was opened in. */
function cutAtExpiry(reply: FastifyReply, leftMs: number): void {
  const timer = setTimeout(() => reply.raw.destroy(), leftMs).unref();
  reply.raw.on('close', () => clearTimeout(timer));
}
