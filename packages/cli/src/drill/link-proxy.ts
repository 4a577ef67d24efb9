import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * open: bytes pass. reset: connections are torn down and new ones refused, as by a restarted firewall. silent: nothing
 * passes and nothing is answered, as when a cable is pulled; what was sent meanwhile passes when the link heals.
 */
export type LinkMode = 'open' | 'reset' | 'silent';

export interface LinkProxyOptions {
  /** Port on 127.0.0.1 that clients connect to. */
  port: number;
  /** Asked for each connection: the server's port may be known only once the stack is up. Null: refuse. */
  upstreamPort: () => number | null;
}

/** Stands between one client and one server, and can be cut and healed again. */
export class LinkProxy {
  readonly #upstreamPort: () => number | null;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #mode: LinkMode = 'open';

  private constructor(upstreamPort: () => number | null) {
    this.#upstreamPort = upstreamPort;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => this.#accept(client));
  }

  static async start(options: LinkProxyOptions): Promise<LinkProxy> {
    const proxy = new LinkProxy(options.upstreamPort);
    proxy.#server.listen(options.port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  /** Connections that stand now. */
  get connections(): number {
    return this.#pairs.size;
  }

  setMode(mode: LinkMode): void {
    this.#mode = mode;
    for (const pair of this.#pairs) {
      if (mode === 'reset') pair.reset();
      else if (mode === 'silent') pair.silence();
      else pair.open(this.#upstreamPort());
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const pair of this.#pairs) pair.reset();
    await closed;
  }

  #accept(client: Socket): void {
    // The port stays ours while the link is cut: a closed one could be taken by another program.
    if (this.#mode === 'reset') {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const pair = new Pair(client, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    if (this.#mode === 'open') pair.open(this.#upstreamPort());
  }
}

/** A client's connection and the one to the server that belongs to it; the second is made when the first may pass. */
class Pair {
  readonly #client: Socket;
  readonly #onEnd: () => void;
  #upstream: Socket | null = null;
  #isSilent = true;
  /** A side ended while the link was silent; the other must not learn of it before it heals. */
  #isBroken = false;

  constructor(client: Socket, onEnd: () => void) {
    this.#client = client;
    this.#onEnd = onEnd;
    this.#watch(client);
  }

  open(upstreamPort: number | null): void {
    this.#isSilent = false;
    if (this.#isBroken || upstreamPort === null) {
      this.reset();
      return;
    }
    if (this.#upstream === null) {
      this.#upstream = connect({ port: upstreamPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      this.#client.setNoDelay(true);
      this.#watch(this.#upstream);
      forward(this.#client, this.#upstream, () => this.#isSilent);
      forward(this.#upstream, this.#client, () => this.#isSilent);
    }
    this.#client.resume();
    this.#upstream.resume();
  }

  silence(): void {
    this.#isSilent = true;
    this.#client.pause();
    this.#upstream?.pause();
  }

  reset(): void {
    this.#isSilent = false;
    this.#client.resetAndDestroy();
    this.#upstream?.resetAndDestroy();
    this.#onEnd();
  }

  #watch(socket: Socket): void {
    socket.on('error', () => {});
    socket.on('close', (hadError) => {
      if (this.#isSilent) this.#isBroken = true;
      else if (hadError || this.#upstream === null) this.reset();
      else this.#endTogether();
    });
  }

  /** Both ends were told in order; the last bytes may still be on their way to the other. */
  #endTogether(): void {
    if (this.#client.destroyed && this.#upstream?.destroyed === true) this.#onEnd();
    else if (this.#client.destroyed) this.#upstream?.end();
    else this.#client.end();
  }
}

function forward(from: Socket, to: Socket, isSilent: () => boolean): void {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => {
    if (!isSilent()) from.resume();
  });
  from.on('end', () => to.end());
}
