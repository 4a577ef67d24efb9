import type { Client } from './pool.ts';

/**
 * Bytes of statements this process still has to hand to the socket. While there are any, long computations starve the
 * server: the rest is written only when the event loop turns.
 */
export function unsentBytes(client: Client): number {
  const { connection } = client as Client & { connection?: { stream?: { writableLength?: number } } };
  return connection?.stream?.writableLength ?? 0;
}
