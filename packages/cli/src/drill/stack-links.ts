import { anyFreePort } from '@ebb/local-stack';
import { z } from 'zod';
import type { StackHome } from '../stack/home.ts';
import { readJsonFile } from '../stack/json-file.ts';
import { type Link, writeLinks } from '../stack/links.ts';
import { LinkProxy } from './link-proxy.ts';
import { DRILL_LINKS, type DrillLink } from './plan.ts';

/** The proxies between the parts of one stack, by link. */
export class StackLinks {
  readonly #proxies = new Map<string, LinkProxy>();

  /** Starts one proxy per link and tells the stack, which must not run yet. */
  static async start(home: StackHome): Promise<StackLinks> {
    const links = new StackLinks();
    const known: Link[] = [];
    for (const [client, server] of DRILL_LINKS) {
      const brokerPort = server === 'kafka' ? await anyFreePort() : undefined;
      const upstreamPort = (): number | null => brokerPort ?? currentPort(home, server);
      const proxy = await LinkProxy.start({ port: 0, upstreamPort });
      links.#proxies.set(`${client}/${server}`, proxy);
      known.push({ client, server, port: proxy.port, ...(brokerPort === undefined ? {} : { brokerPort }) });
    }
    writeLinks(home, known);
    return links;
  }

  of([client, server]: DrillLink): LinkProxy {
    const proxy = this.#proxies.get(`${client}/${server}`);
    if (proxy === undefined) throw new Error(`no proxy between ${client} and ${server}`);
    return proxy;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }
}

/** Asked anew for each connection: ports are chosen while the stack starts. */
function currentPort(home: StackHome, server: string): number | null {
  return readJsonFile(home.portsFile, z.record(z.string(), z.number()))?.[server] ?? null;
}
