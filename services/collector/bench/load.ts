import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { SeededRandom, uuidV7 } from '@ebb/core';

export interface LoadResult {
  eventsPerSecond: number;
  events: number;
  refused: number;
  p50Ms: number;
  p99Ms: number;
}

/** Bodies of page views as a shop sends them, some 330 bytes each. */
export function makeBodies(count: number, eventsPerBody: number): Buffer[] {
  const random = new SeededRandom('collector-bench');
  const oneEvent = (): Record<string, unknown> => ({
    event_id: uuidV7(Date.now(), () => random.uint32()),
    event_type: 'page_view',
    event_timestamp: new Date().toISOString(),
    user_id: String(random.int(100_000)),
    session_id: `s-${random.int(1_000_000)}`,
    page_url: `https://shop.example/products/${random.int(200)}`,
    device_type: random.pick(['mobile', 'desktop', 'tablet']),
    referrer: 'https://search.example/',
    country: 'GB',
  });
  return Array.from({ length: count }, () =>
    Buffer.from(JSON.stringify(Array.from({ length: eventsPerBody }, oneEvent))),
  );
}

/** Closed loop: every connection sends its next batch when the last one is answered. */
export async function drive(
  target: { url: string; key: string },
  bodies: readonly Buffer[],
  options: { connections: number; durationMs: number; eventsPerBody: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const latencies: number[] = [];
  let events = 0;
  let refused = 0;
  const startedAt = performance.now();
  const connection = async (offset: number): Promise<void> => {
    for (let n = offset; performance.now() - startedAt < options.durationMs; n++) {
      const sentAt = performance.now();
      const status = await post(agent, target, bodies[n % bodies.length] ?? Buffer.alloc(0));
      latencies.push(performance.now() - sentAt);
      if (status === 202) events += options.eventsPerBody;
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, (_, index) => connection(index * 7)));
  const seconds = (performance.now() - startedAt) / 1_000;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): number => latencies[Math.floor((latencies.length - 1) * q)] ?? Number.NaN;
  return { eventsPerSecond: events / seconds, events, refused, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

function post(agent: Agent, target: { url: string; key: string }, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${target.url}/v1/website-events`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          authorization: `Bearer ${target.key}`,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
