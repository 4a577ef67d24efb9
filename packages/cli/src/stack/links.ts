import { join } from 'node:path';
import { z } from 'zod';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { PortName, PortPlan } from './port-plan.ts';

const link = z.object({
  /** Name of the part that connects. */
  client: z.string(),
  server: z.string(),
  /** Where the client connects instead of to the server. */
  port: z.number().int(),
  /** Kafka only: the listener behind it, since a broker tells its clients where to connect next, per listener. */
  brokerPort: z.number().int().optional(),
});
export type Link = z.infer<typeof link>;

/**
 * Connections that a drill has led through proxies of its own, so that it can cut them one by one; written before the
 * stack starts. Without the file every part connects straight to its servers.
 */
export function readLinks(home: StackHome): Link[] {
  return readJsonFile(linksFile(home), z.array(link)) ?? [];
}

export function writeLinks(home: StackHome, links: readonly Link[]): void {
  writeJsonFile(linksFile(home), links);
}

/** The port on which `client` reaches `server`. */
export function serverPort(
  { home, ports }: { home: StackHome; ports: PortPlan },
  client: string,
  server: PortName,
): number {
  const through = readLinks(home).find((one) => one.client === client && one.server === server);
  return through?.port ?? ports.current(server) ?? 0;
}

/** What the broker must listen on beside its own port, and the ports it names to who comes in there. */
export function brokerLinks(home: StackHome): { port: number; advertisedPort: number }[] {
  return readLinks(home).flatMap(({ port, brokerPort }) =>
    brokerPort === undefined ? [] : [{ port: brokerPort, advertisedPort: port }],
  );
}

function linksFile(home: StackHome): string {
  return join(home.root, 'links.json');
}
