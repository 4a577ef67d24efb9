import { EbbError, errorMessage, retry, type RetryPolicy, sleep } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';
import { z } from 'zod';
import type { SimulatorErrorCode } from '../errors.ts';
import type { Batch, Delivery, OnRetry } from './delivery.ts';

const PATHS = { web: '/v1/website-events', purchase: '/v1/purchase-events' } as const;
const BATCH_EVENTS = 500;
const BATCH_BYTES = 900_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECT_POLICY: RetryPolicy = { attempts: 5, initialDelayMs: 1_000, maxDelayMs: 16_000 };
const REDELIVERY_POLICY: RetryPolicy = { attempts: 200, initialDelayMs: 200, maxDelayMs: 2_000 };
const NDJSON = 'application/x-ndjson';

const answerSchema = z.object({ accepted: z.number(), rejected: z.array(z.object({ code: z.string() })) });

export interface CollectorDeliveryOptions {
  url: string;
  /** Write key. */
  key: string;
  /** Topics stand for the collector's two paths. */
  websiteTopic: string;
  onRetry?: OnRetry;
  /** Told how many events of a request were refused. */
  onRejected?: (count: number) => void;
}

/** Sends through the collector; 429, 503 and broken connections are tried again, the request's ids make that safe. */
export class CollectorDelivery implements Delivery {
  readonly #options: CollectorDeliveryOptions;

  constructor(options: CollectorDeliveryOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    await this.#retrying(CONNECT_POLICY, async () => {
      const response = await fetch(new URL('/healthz/live', this.#options.url), { signal: timeout() });
      await response.arrayBuffer();
      if (!response.ok) throw retryable(`${this.#options.url} answers ${response.status}`);
    });
  }

  async deliver(batches: Batch[], signal?: AbortSignal): Promise<void> {
    for (const { topic, messages } of batches) {
      const path = topic === this.#options.websiteTopic ? PATHS.web : PATHS.purchase;
      for (const body of bodies(messages)) {
        await this.#retrying(REDELIVERY_POLICY, () => this.#post(path, body, signal), signal);
      }
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #post(path: string, body: string, signal?: AbortSignal): Promise<void> {
    const response = await fetch(new URL(path, this.#options.url), {
      method: 'POST',
      headers: { 'content-type': NDJSON, authorization: `Bearer ${this.#options.key}` },
      body,
      signal: timeout(),
    });
    const text = await response.text();
    if (response.status === 202) {
      const { rejected } = answerSchema.parse(JSON.parse(text));
      if (rejected.length > 0) this.#options.onRejected?.(rejected.length);
      return;
    }
    if (response.status !== 429 && response.status !== 503) {
      throw new EbbError<SimulatorErrorCode>(
        'COLLECTOR_REFUSED',
        `${path} answers ${response.status}: ${text.slice(0, 200)}`,
      );
    }
    await sleep(Number(response.headers.get('retry-after') ?? 0) * 1_000, signal);
    throw retryable(`${path} answers ${response.status}`);
  }

  async #retrying(policy: RetryPolicy, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    await retry(work, policy, {
      isRetryable: (error) => !(error instanceof EbbError) || error.retryable,
      onRetry: (error, attempt, delayMs) => this.#options.onRetry?.(attempt, delayMs, errorMessage(error)),
      ...(signal ? { signal } : {}),
    });
  }
}

function timeout(): AbortSignal {
  return AbortSignal.timeout(REQUEST_TIMEOUT_MS);
}

function retryable(message: string): EbbError {
  return new EbbError<SimulatorErrorCode>('DELIVERY_FAILED', message, { retryable: true });
}

/** NDJSON bodies within the collector's limits. */
function* bodies(messages: readonly OutgoingMessage[]): Generator<string> {
  let lines: string[] = [];
  let bytes = 0;
  for (const { value } of messages) {
    const line = String(value);
    if (lines.length === BATCH_EVENTS || bytes + line.length > BATCH_BYTES) {
      yield lines.join('\n');
      lines = [];
      bytes = 0;
    }
    lines.push(line);
    bytes += line.length + 1;
  }
  if (lines.length > 0) yield lines.join('\n');
}
