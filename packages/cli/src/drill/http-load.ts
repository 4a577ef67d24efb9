import { SeededRandom, sleep, uuidV7 } from '@ebb/core';
import { z } from 'zod';

export interface HttpLoadOptions {
  collectorUrl: string;
  writeKey: string;
  seed: string;
  batchSize: number;
  pauseMs: number;
}

export interface HttpLoad {
  /** Ids of events the collector answered 202 for and did not reject. */
  readonly acknowledged: string[];
  /** Requests that had to be sent again, by what came back. */
  readonly retries: Map<string, number>;
  /** Ends the load once the batch in hand is acknowledged. */
  stop(): Promise<void>;
  /** Ends the load with the fate of the batch in hand unknown. */
  abandon(): Promise<void>;
}

const answerSchema = z.object({ accepted: z.number(), rejected: z.array(z.object({ index: z.number() })) });
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_PAUSE_MS = 200;

/**
 * A client as it should be: it sends each batch again, ids unchanged, until it is answered 202. What it was told is
 * accepted must then be counted exactly once, however often it was sent.
 */
export function startHttpLoad(options: HttpLoadOptions): HttpLoad {
  const random = new SeededRandom(`${options.seed}/http`);
  const acknowledged: string[] = [];
  const retries = new Map<string, number>();
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const batch = Array.from({ length: options.batchSize }, () => makeEvent(random, Date.now()));
      acknowledged.push(...(await postUntilAccepted(options, batch, retries, abandoning.signal)));
      await sleep(options.pauseMs, stopping.signal);
    }
  })();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  const abandon = (): Promise<void> => {
    abandoning.abort();
    return stop();
  };
  return { acknowledged, retries, stop, abandon };
}

interface DrillEvent {
  event_id: string;
  [field: string]: string;
}

function makeEvent(random: SeededRandom, nowMs: number): DrillEvent {
  const userId = `drill-user-${random.int(2_000)}`;
  const isView = random.bool(0.5);
  return {
    event_id: uuidV7(nowMs, () => random.uint32()),
    event_timestamp: new Date(nowMs - random.int(120_000)).toISOString(),
    event_type: isView ? 'page_view' : 'product_view',
    user_id: userId,
    session_id: `${userId}-${random.int(3)}`,
    page_url: `https://shop.example/p/${random.int(200)}`,
    product_id: `P${random.int(200)}`,
    source: 'drill_http',
  };
}

/** Ids accepted in the end; gives up only when told to, since the verdict needs every batch's fate to be known. */
async function postUntilAccepted(
  options: HttpLoadOptions,
  batch: DrillEvent[],
  retries: Map<string, number>,
  abandoned: AbortSignal,
): Promise<string[]> {
  while (!abandoned.aborted) {
    const outcome = await post(options, batch);
    if (typeof outcome !== 'string') {
      const rejected = new Set(outcome.rejected.map((entry) => entry.index));
      return batch.filter((_, index) => !rejected.has(index)).map((event) => event.event_id);
    }
    retries.set(outcome, (retries.get(outcome) ?? 0) + 1);
    await sleep(RETRY_PAUSE_MS, abandoned);
  }
  return [];
}

/** The collector's 202 answer, or in words why there is none. */
async function post(options: HttpLoadOptions, batch: DrillEvent[]): Promise<z.infer<typeof answerSchema> | string> {
  try {
    const response = await fetch(`${options.collectorUrl}/v1/website-events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    return response.status === 202 ? answerSchema.parse(body) : `status ${response.status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'time-out' : 'connection failed';
  }
}
