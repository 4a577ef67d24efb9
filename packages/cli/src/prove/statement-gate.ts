import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { URL } from 'node:url';

/** Sees the text of a statement; false: it is not passed on, and never answered. */
export type Gatekeeper = (statement: string) => boolean;

/**
 * Stands between dbt and ClickHouse and sees every statement before ClickHouse does, so that a build can be killed at one
 * and not "after about two seconds".
 */
export class StatementGate {
  readonly #server: Server;
  readonly #target: URL;
  #keeper: Gatekeeper = () => true;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((from, to) => {
      this.#pass(from, to).catch(() => from.destroy());
    });
  }

  static async open(clickhouseUrl: string): Promise<StatementGate> {
    const gate = new StatementGate(new URL(clickhouseUrl));
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  /** The same server, through the gate. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  guard(keeper: Gatekeeper): void {
    this.#keeper = keeper;
  }

  openWide(): void {
    this.#keeper = () => true;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from);
    if (!this.#keeper(statementOf(from, body))) return;
    const { hostname, port } = this.#target;
    const upstream = request(
      { hostname, port, path: from.url, method: from.method, headers: from.headers },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      },
    );
    upstream.on('error', () => to.destroy());
    upstream.end(body);
  }
}

/** From the query string or the body, as ClickHouse takes it. */
function statementOf(from: IncomingMessage, body: Buffer): string {
  const query = new URL(from.url ?? '/', 'http://gate').searchParams.get('query') ?? '';
  return `${query}\n${body.toString('utf8')}`.trim();
}
