import { createServer } from 'node:net';
import { LocalStackError } from './errors.ts';

/** Whether a server could listen on 127.0.0.1:port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** The wanted port if it is free and not in `taken`, else the next one that is. */
export async function choosePort(wanted: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  const last = Math.min(wanted + 200, 65_535);
  for (let port = wanted; port <= last; port += 1) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new LocalStackError('NO_FREE_PORT', `no port between ${wanted} and ${last} is free on 127.0.0.1`);
}

/** A port the system hands out; nobody else gets it in the moments until it is used. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
