import type { ApiError, Freshness, LiveDelta, LiveSnapshot, LiveTick } from './api-types.ts';
import { applyDelta } from './live-model.ts';

/**
 * The connection of the Live page.
 *
 *   connecting ──snapshot──► live ──silence or error──► reconnecting ──snapshot──► live
 *        └──error──► reconnecting (with the server's words, where it has any)
 *
 * The last snapshot stays on screen throughout. EventSource reconnects by itself only after a broken transfer, not after
 * an HTTP error, and cannot notice a silent connection; both are done here, with back-off and jitter.
 */
export interface LiveState {
  readonly connection: 'connecting' | 'live' | 'reconnecting';
  readonly snapshot: LiveSnapshot | null;
  /** False while the server cannot reach its database. */
  readonly healthy: boolean;
  readonly error: ApiError['error'] | null;
  /** Server clock minus this device's, so that ages are right on a device whose clock is not. */
  readonly clockOffsetMs: number;
}

export interface Stream {
  addEventListener(type: string, listener: (event: { data?: string }) => void): void;
  close(): void;
}

export interface LiveClientDeps {
  open(url: string): Stream;
  fetchError(url: string): Promise<ApiError['error'] | null>;
  nowMs(): number;
  setTimer(fn: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
  random(): number;
}

export const INITIAL_STATE: LiveState = {
  connection: 'connecting',
  snapshot: null,
  healthy: true,
  error: null,
  clockOffsetMs: 0,
};

/** The server speaks at least every two seconds or so. */
const SILENCE_MS = 10_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

export class LiveClient {
  readonly #query: string;
  readonly #deps: LiveClientDeps;
  readonly #onState: (state: LiveState) => void;
  #state = INITIAL_STATE;
  #stream: Stream | null = null;
  #silence: unknown = null;
  #retry: unknown = null;
  #failures = 0;
  #closed = false;

  constructor(query: string, deps: LiveClientDeps, onState: (state: LiveState) => void) {
    this.#query = query;
    this.#deps = deps;
    this.#onState = onState;
  }

  connect(): void {
    this.#deps.clearTimer(this.#retry);
    this.#dropStream();
    if (this.#closed) return;
    const stream = this.#deps.open(`/api/live/stream${this.#query}`);
    this.#stream = stream;
    const on = (type: string, handle: (data: string) => void): void =>
      stream.addEventListener(type, (event) => {
        if (stream !== this.#stream) return;
        this.#watchSilence();
        handle(event.data ?? '');
      });
    on('snapshot', (data) => this.#onSnapshot(JSON.parse(data) as LiveSnapshot));
    on('delta', (data) => this.#onDelta(JSON.parse(data) as LiveDelta));
    on('tick', (data) => this.#onTick(JSON.parse(data) as LiveTick));
    on('bye', () => this.#onBroken(stream));
    stream.addEventListener('error', () => this.#onBroken(stream));
    this.#watchSilence();
  }

  close(): void {
    this.#closed = true;
    this.#deps.clearTimer(this.#retry);
    this.#dropStream();
  }

  #onSnapshot(snapshot: LiveSnapshot): void {
    this.#failures = 0;
    this.#set({ connection: 'live', snapshot, healthy: true, error: null, ...this.#clock(snapshot.serverTime) });
  }

  #onDelta(delta: LiveDelta): void {
    const { snapshot } = this.#state;
    if (snapshot === null) return;
    this.#set({ snapshot: applyDelta(snapshot, delta), healthy: true, ...this.#clock(delta.serverTime) });
  }

  #onTick(tick: LiveTick): void {
    const { snapshot } = this.#state;
    const freshness: Freshness | undefined = tick.freshness;
    this.#set({
      healthy: tick.healthy,
      ...(snapshot === null ? {} : { snapshot: { ...snapshot, serverTime: tick.serverTime, freshness } }),
      ...this.#clock(tick.serverTime),
    });
  }

  #onBroken(stream: Stream): void {
    if (stream !== this.#stream) return;
    this.#dropStream();
    this.#set({ connection: 'reconnecting' });
    this.#explain();
    const ceiling = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = this.#deps.setTimer(() => this.connect(), ceiling * (0.5 + this.#deps.random() / 2));
  }

  /** EventSource hides the answer of a refused request; asking once more without streaming brings its words. */
  #explain(): void {
    void this.#deps.fetchError(`/api/live${this.#query}`).then((error) => {
      if (!this.#closed && this.#state.connection === 'reconnecting') this.#set({ error });
    });
  }

  #watchSilence(): void {
    this.#deps.clearTimer(this.#silence);
    const stream = this.#stream;
    this.#silence = this.#deps.setTimer(() => {
      if (stream !== null) this.#onBroken(stream);
    }, SILENCE_MS);
  }

  #dropStream(): void {
    this.#deps.clearTimer(this.#silence);
    this.#stream?.close();
    this.#stream = null;
  }

  #clock(serverTime: string): Pick<LiveState, 'clockOffsetMs'> {
    return { clockOffsetMs: Date.parse(serverTime) - this.#deps.nowMs() };
  }

  #set(change: Partial<LiveState>): void {
    if (this.#closed) return;
    this.#state = { ...this.#state, ...change };
    this.#onState(this.#state);
  }
}
