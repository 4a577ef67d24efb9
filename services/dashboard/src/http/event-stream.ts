import type { ServerResponse } from 'node:http';
import type { LiveMessage, Subscriber } from '../live/channel.ts';

/** Unread bytes after which a client is cut; it comes back for a fresh snapshot instead of a growing backlog. */
const MAX_BACKLOG_BYTES = 4_000_000;
const RETRY_MS = 1_000;

/** Writes server-sent events to one client. */
export class EventStream implements Subscriber {
  readonly #response: ServerResponse;
  readonly #onSlow: () => void;

  constructor(response: ServerResponse, headers: Record<string, string>, onSlow: () => void) {
    this.#response = response;
    this.#onSlow = onSlow;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies would otherwise hold events back until a buffer is full.
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  send(kind: LiveMessage, data: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (this.#response.writableLength > MAX_BACKLOG_BYTES) {
      this.#onSlow();
      this.#response.destroy();
      return;
    }
    this.#response.write(`event: ${kind}\ndata: ${data}\n\n`);
    if (kind === 'bye') this.#response.end();
  }
}
