/** An event as the collector's API takes it. Its `event_id` never changes, however often it is sent. */
export interface TrackerEvent {
  event_id: string;
  event_type: string;
  event_timestamp: string;
  [field: string]: unknown;
}

export interface SendReport {
  sent: TrackerEvent[];
  accepted: number;
  rejected: { index: number; event_id: string | null; code: string; message: string }[];
}

/** What became of a batch: taken, worth repeating (maybe after a time the server named), or refused for good. */
export type PostResult =
  | { kind: 'done'; report: SendReport }
  | { kind: 'retry'; afterMs: number | null }
  | { kind: 'refused'; status: number; message: string };

export interface SenderDeps {
  post: (events: TrackerEvent[]) => Promise<PostResult>;
  /** Hands a body over to the browser to deliver after the page is gone; false when it takes no more. */
  beacon: (body: string) => boolean;
  setTimer: (run: () => void, delayMs: number) => void;
  random: () => number;
  onReport: (report: SendReport) => void;
  onRefused: (status: number, message: string) => void;
}

export interface SenderOptions {
  flushDelayMs: number;
}

const MAX_BATCH = 50;
const MAX_QUEUE = 1_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** Browsers share 64 KiB among all beacons under way. */
const MAX_BEACON_BYTES = 50_000;

/**
 * Queue, batches and retries. One request at a time, so that events arrive in order; an event leaves the queue only
 * when the collector answered for it. Events handed to beacons, which give no answer, are kept as well: a page that
 * comes back from the back-forward cache sends them again, and their ids make the repeat harmless.
 */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #options: SenderOptions;
  #queue: TrackerEvent[] = [];
  #busy = false;
  #scheduled = false;
  #failures = 0;
  #refused = false;
  dropped = 0;

  constructor(deps: SenderDeps, options: SenderOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get pending(): number {
    return this.#queue.length;
  }

  add(event: TrackerEvent): void {
    if (this.#refused) return;
    this.#queue.push(event);
    // While one request is under way its events are the first ones; they must stay.
    if (this.#queue.length > MAX_QUEUE) {
      this.#queue.splice(this.#busy ? MAX_BATCH : 0, 1);
      this.dropped += 1;
    }
    if (this.#queue.length >= MAX_BATCH && this.#failures === 0) this.flush();
    else this.#schedule(this.#options.flushDelayMs);
  }

  flush(): void {
    if (this.#busy || this.#refused || this.#queue.length === 0) return;
    this.#busy = true;
    const batch = this.#queue.slice(0, MAX_BATCH);
    void this.#deps.post(batch).then((result) => this.#settle(batch, result));
  }

  /** The page may end now: everything unanswered goes out by beacon. */
  flushOnLeave(): void {
    let rest = this.#queue;
    while (rest.length > 0) {
      const { body, count } = takeBody(rest);
      if (!this.#deps.beacon(body)) return;
      rest = rest.slice(count);
    }
  }

  #settle(batch: TrackerEvent[], result: PostResult): void {
    this.#busy = false;
    if (result.kind === 'retry') {
      this.#failures += 1;
      this.#schedule(result.afterMs ?? this.#backoffMs());
      return;
    }
    this.#queue.splice(0, batch.length);
    this.#failures = 0;
    if (result.kind === 'done') this.#deps.onReport(result.report);
    else this.#refuse(result);
    if (this.#queue.length > 0) this.#schedule(this.#queue.length >= MAX_BATCH ? 0 : this.#options.flushDelayMs);
  }

  /** A key that is not valid here will not be so for the next batch either: stop instead of knocking for ever. */
  #refuse(result: { status: number; message: string }): void {
    if (result.status === 401 || result.status === 403) {
      this.#refused = true;
      this.#queue = [];
    }
    this.#deps.onRefused(result.status, result.message);
  }

  #schedule(delayMs: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.setTimer(() => {
      this.#scheduled = false;
      this.flush();
    }, delayMs);
  }

  /** Doubling with full jitter, so that a shop's visitors do not all return at once after an outage. */
  #backoffMs(): number {
    const ceiling = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    return ceiling / 2 + (this.#deps.random() * ceiling) / 2;
  }
}

/** As many events as fit one beacon, at least one. */
function takeBody(events: TrackerEvent[]): { body: string; count: number } {
  const parts: string[] = [];
  let bytes = 2;
  for (const event of events) {
    const text = JSON.stringify(event);
    bytes += byteLength(text) + 1;
    if (parts.length > 0 && bytes > MAX_BEACON_BYTES) break;
    parts.push(text);
  }
  return { body: `[${parts.join(',')}]`, count: parts.length };
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
