import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { BodySpool } from './body-spool.ts';
import type { Engine, EngineSession } from './engine.ts';
import { refuse, toException } from './exceptions.ts';
import { formFields } from './form-fields.ts';
import { type Parameters, readParameters } from './http-parameters.ts';
import { type QueryContext, runQuery } from './query-runner.ts';
import { Reply } from './reply.ts';
import { SessionStore } from './session-store.ts';
import { Slots } from './slots.ts';
import { readStatement } from './statement.ts';
import { authenticate, roleOf, type User } from './users.ts';

export interface FrontOptions {
  engine: Engine;
  users: readonly User[];
  /** Where request bodies wait for the engine. */
  spoolDirectory: string;
  /** Proves to whoever started this server that it is theirs. */
  instanceId: string;
  maxBodyBytes: number;
  maxQueries: number;
  onFailure: (failure: { queryId: string; code: number; message: string }) => void;
}

const SPOOL_MEMORY_BYTES = 1024 * 1024;
const MAX_WAITING = 500;
/** ClickHouse takes query strings of a megabyte. */
const MAX_HEADER_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 30_000;
const KILL_AGAIN_MS = 250;

const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** ClickHouse's HTTP interface, as far as drivers use it, in front of the engine. */
export class Front {
  readonly server: Server;
  readonly #options: FrontOptions;
  readonly #sessions = new SessionStore();
  readonly #slots: Slots;
  readonly #running = new Map<string, Promise<void>>();
  #isStopping = false;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#slots = new Slots(options.maxQueries, MAX_WAITING);
    this.server = createServer(
      { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    // A large body over a slow link takes its time.
    this.server.requestTimeout = 0;
  }

  /** Takes no more requests, lets the running ones end until the grace is over, then cancels them. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.server.close();
    this.server.closeIdleConnections();
    const killer = setTimeout(() => {
      for (const queryId of this.#running.keys()) this.#options.engine.kill(`${queryId}|`);
    }, graceMs);
    await Promise.allSettled(this.#running.values());
    clearTimeout(killer);
    this.server.closeAllConnections();
    this.#sessions.closeAll();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const reply = new Reply(response);
    reply.setHeader('X-ClickHouse-Server-Display-Name', 'ebb-embedded');
    reply.setHeader('X-ClickHouse-Timezone', 'UTC');
    const fixed = this.#fixedAnswer(url, request);
    if (fixed !== null) {
      if (url.pathname !== '/' && fixed === NOT_FOUND) response.statusCode = 404;
      reply.end(Buffer.from(fixed));
      return;
    }
    const queryId = url.searchParams.get('query_id') || randomUUID();
    reply.setHeader('X-ClickHouse-Query-Id', queryId);
    try {
      await this.#query({ request, reply, url, queryId });
    } catch (error) {
      const exception = toException(error);
      this.#options.onFailure({ queryId, code: exception.exceptionCode, message: exception.message });
      reply.fail(exception, this.#options.engine.version);
    }
    // What is left of a refused body must not hold up the connection.
    if (!request.readableEnded) request.resume();
  }

  #fixedAnswer(url: URL, request: IncomingMessage): string | null {
    if (url.pathname === '/ping' || url.pathname === '/replicas_status') return 'Ok.\n';
    if (url.pathname === '/instance') return this.#options.instanceId;
    if (url.pathname !== '/') return NOT_FOUND;
    return request.method === 'GET' && url.searchParams.get('query') === null ? 'Ok.\n' : null;
  }

  async #query(exchange: { request: IncomingMessage; reply: Reply; url: URL; queryId: string }): Promise<void> {
    const { request, reply, url, queryId } = exchange;
    const user = authenticate(this.#options.users, request.headers, url.searchParams);
    if (this.#isStopping) throw refuse('ABORTED', 'The server is shutting down.');
    if (this.#running.has(queryId)) {
      throw refuse('QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', `Query with id = ${queryId} is already running.`);
    }
    const { spoolDirectory: directory, maxBodyBytes: maxBytes } = this.#options;
    const body = new BodySpool({ directory, memoryBytes: SPOOL_MEMORY_BYTES, maxBytes });
    const done = Promise.withResolvers<void>();
    this.#running.set(queryId, done.promise);
    const stopWatching = this.#killWhenGone(reply, queryId);
    try {
      await body.readAll(decoded(request));
      const { query, fields } = readForm(request, url.searchParams, body);
      const parameters = readParameters(fields, request.headers);
      const statement = await readStatement(query, body);
      const run = () =>
        this.#inSession({ user, parameters, request, queryId }, (context) =>
          runQuery(statement, context, { request, reply }),
        );
      // A query that ends others must not wait behind them.
      await (statement.firstWord === 'KILL' ? run() : this.#slots.use(run));
    } finally {
      stopWatching();
      this.#running.delete(queryId);
      done.resolve();
      await body.remove();
    }
  }

  /** The engine does not notice that a client hung up; a query may also not have reached it yet, hence again. */
  #killWhenGone(reply: Reply, queryId: string): () => void {
    const timer = setInterval(() => {
      if (reply.isOver) this.#options.engine.kill(`${queryId}|`);
    }, KILL_AGAIN_MS);
    return () => clearInterval(timer);
  }

  async #inSession(
    from: { user: User; parameters: Parameters; request: IncomingMessage; queryId: string },
    fn: (context: QueryContext) => Promise<void>,
  ): Promise<void> {
    const { user, parameters, queryId } = from;
    const { engine } = this.#options;
    const open = (): EngineSession => engine.open(roleOf(user));
    const wanted = parameters.session;
    const key = {
      ...wanted,
      key: `${user.name}\n${wanted?.id ?? ''}`,
      timeoutMs: wanted?.timeoutMs ?? 0,
      mustExist: wanted?.mustExist ?? false,
    };
    const session = wanted === null ? open() : this.#sessions.take(key, open);
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      if (wanted === null) session.close();
      else this.#sessions.release(key);
    };
    const isGet = from.request.method === 'GET';
    try {
      await fn({
        engine,
        session,
        isKept: wanted !== null,
        isReadonly: user.readonly,
        isLimited: user.readonly || user.grants !== null,
        isGet,
        queryId,
        parameters,
        release,
      });
    } finally {
      release();
    }
  }
}

const NOT_FOUND = 'There is no handle for this path. Use / or /ping.\n';

function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || encoding === '') return request;
  const create = DECOMPRESSORS[encoding];
  if (create === undefined)
    throw refuse('NOT_IMPLEMENTED', `Content encoding ${JSON.stringify(encoding)} is not supported.`);
  return pipeline(request, create(), () => {});
}

/** Query and parameters of the query string, those of a form included. */
function readForm(
  request: IncomingMessage,
  params: URLSearchParams,
  body: BodySpool,
): { query: string; fields: URLSearchParams } {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { query: params.get('query') ?? '', fields: params };
  const fields = new URLSearchParams(params);
  for (const [name, value] of formFields(body.text(), type)) fields.set(name, value);
  body.clear();
  return { query: fields.get('query') ?? '', fields };
}
