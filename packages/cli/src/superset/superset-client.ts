import { z } from 'zod';
import { SupersetError } from './errors.ts';

const token = z.object({ access_token: z.string() });
const csrf = z.object({ result: z.string() });
const charts = z.object({ result: z.array(z.object({ id: z.number(), uuid: z.string() })) });
const chart = z.object({ result: z.object({ query_context: z.string() }) });
const questions = z.looseObject({ queries: z.array(z.looseObject({ filters: z.array(z.unknown()) })) });
const data = z.object({
  result: z.array(
    z.object({
      data: z.array(z.record(z.string(), z.unknown())),
      is_cached: z.boolean().nullish(),
    }),
  ),
});

export interface ChartFilter {
  col: string;
  op: 'IN';
  val: string[];
}

export interface ChartAnswer {
  rows: Record<string, unknown>[];
  isCached: boolean;
}

export interface SupersetLogin {
  url: string;
  login: string;
  password: string;
}

/** Superset's REST interface, as one login. */
export class SupersetClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  private constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
  }

  /** Raises REFUSED for a wrong password. */
  static async login({ url, login, password }: SupersetLogin): Promise<SupersetClient> {
    const body = { username: login, password, provider: 'db' };
    const answer = token.parse(await (await ask(`${url}/api/v1/security/login`, { body })).json());
    const headers = { authorization: `Bearer ${answer.access_token}` };
    // What changes something needs a token of the session it is sent in.
    const session = await ask(`${url}/api/v1/security/csrf_token/`, { headers });
    const cookie = session.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    return new SupersetClient(url, { ...headers, cookie, 'x-csrftoken': csrf.parse(await session.json()).result });
  }

  /** Number of each chart by its UUID. */
  async chartIds(): Promise<Map<string, number>> {
    const found = charts.parse(await this.get('/api/v1/chart/?q=(columns:!(id,uuid),page_size:500)'));
    return new Map(found.result.map(({ id, uuid }) => [uuid, id]));
  }

  /** What a chart shows under the filters of its dashboard, by the question that is stored with it. */
  async chartData(id: number, filters: readonly ChartFilter[]): Promise<ChartAnswer> {
    const stored = chart.parse(await this.get(`/api/v1/chart/${id}`));
    const context = questions.parse(JSON.parse(stored.result.query_context));
    for (const query of context.queries) query.filters.push(...filters);
    const found = data.parse(await this.post('/api/v1/chart/data', context));
    const [result] = found.result;
    return { rows: result?.data ?? [], isCached: result?.is_cached === true };
  }

  async get(path: string): Promise<unknown> {
    return (await ask(`${this.#url}${path}`, { headers: this.#headers })).json();
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return (await ask(`${this.#url}${path}`, { body, headers: this.#headers })).json();
  }

  async put(path: string, body: unknown): Promise<unknown> {
    return (await ask(`${this.#url}${path}`, { method: 'PUT', body, headers: this.#headers })).json();
  }
}

interface Request {
  /** Default: POST with a body, else GET. */
  method?: 'PUT';
  body?: unknown;
  headers?: Record<string, string>;
}

async function ask(url: string, { method, body, headers = {} }: Request): Promise<Response> {
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(120_000),
  });
  if (answer.ok) return answer;
  const text = await answer.text();
  throw new SupersetError('REFUSED', `${new URL(url).pathname}: ${answer.status} ${text.slice(0, 500)}`);
}
