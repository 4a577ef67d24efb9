import { sleep } from '@ebb/core';
import type { Client } from './pool.ts';

const LONGEST_GOODBYE_MS = 1_000;

/** Closes a connection in whatever state it is. The driver's `end` may wait for ever for one that broke. */
export async function endClient(client: Client): Promise<void> {
  const abort = new AbortController();
  const ended = client.end().catch(() => {});
  await Promise.race([ended, sleep(LONGEST_GOODBYE_MS, abort.signal)]);
  abort.abort();
}
