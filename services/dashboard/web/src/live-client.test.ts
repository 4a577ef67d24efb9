import { beforeEach, expect, test } from 'vitest';
import { makeSnapshot } from '../../src/testing/snapshot.ts';
import type { ApiError } from './api-types.ts';
import { LiveClient, type LiveClientDeps, type LiveState, type Stream } from './live-client.ts';

class FakeStream implements Stream {
  readonly listeners = new Map<string, (event: { data?: string }) => void>();
  isClosed = false;
  addEventListener(type: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.isClosed = true;
  }
  emit(type: string, data: unknown = {}): void {
    this.listeners.get(type)?.({ data: JSON.stringify(data) });
  }
}

/** A hand-driven browser: streams are recorded, time moves when told. */
class FakeBrowser implements LiveClientDeps {
  readonly streams: FakeStream[] = [];
  readonly states: LiveState[] = [];
  readonly timers = new Map<number, { fn: () => void; at: number }>();
  refusal: ApiError['error'] | null = null;
  now = 1_000_000;
  #id = 0;
  open = (): Stream => {
    const stream = new FakeStream();
    this.streams.push(stream);
    return stream;
  };
  fetchError = (): Promise<ApiError['error'] | null> => Promise.resolve(this.refusal);
  nowMs = (): number => this.now;
  setTimer = (fn: () => void, delayMs: number): number => {
    this.timers.set(++this.#id, { fn, at: this.now + delayMs });
    return this.#id;
  };
  clearTimer = (timer: unknown): void => void this.timers.delete(timer as number);
  random = (): number => 1;
  get last(): LiveState | undefined {
    return this.states.at(-1);
  }
  get stream(): FakeStream | undefined {
    return this.streams.at(-1);
  }
  advance(ms: number): void {
    this.now += ms;
    for (const [id, timer] of this.timers) {
      if (timer.at > this.now) continue;
      this.timers.delete(id);
      timer.fn();
    }
  }
}

let browser: FakeBrowser;
let client: LiveClient;

beforeEach(() => {
  browser = new FakeBrowser();
  client = new LiveClient('?source=shop', browser, (state) => browser.states.push(state));
  client.connect();
});

test('a snapshot makes it live and sets the clock', () => {
  const snapshot = makeSnapshot();
  browser.stream?.emit('snapshot', snapshot);
  expect(browser.last).toMatchObject({ connection: 'live', snapshot, healthy: true, error: null });
  expect(browser.last?.clockOffsetMs).toBe(Date.parse(snapshot.serverTime) - browser.now);
});

test('a delta before any snapshot is ignored, later it is applied', () => {
  const { web, orders, webMinutes, orderMinutes, lastMinutes, freshness, serverTime } = makeSnapshot();
  const delta = {
    web: { ...web, totalEvents: 11 },
    orders,
    webMinutes,
    orderMinutes,
    lastMinutes,
    freshness,
    serverTime,
  };
  browser.stream?.emit('delta', delta);
  expect(browser.states).toEqual([]);
  browser.stream?.emit('snapshot', makeSnapshot());
  browser.stream?.emit('delta', delta);
  expect(browser.last?.snapshot?.web.totalEvents).toBe(11);
});

test('a broken stream is opened again with growing pauses; the figures stay', () => {
  browser.stream?.emit('snapshot', makeSnapshot());
  browser.stream?.emit('error');
  expect(browser.last).toMatchObject({ connection: 'reconnecting', snapshot: { source: 'shop' } });
  expect(browser.streams).toHaveLength(1);
  browser.advance(500);
  expect(browser.streams).toHaveLength(2);
  browser.stream?.emit('error');
  browser.advance(999);
  expect(browser.streams).toHaveLength(2);
  browser.advance(1);
  expect(browser.streams).toHaveLength(3);
});

test('success resets the pause', () => {
  for (let round = 0; round < 5; round++) {
    browser.stream?.emit('error');
    browser.advance(15_000);
  }
  browser.stream?.emit('snapshot', makeSnapshot());
  const opened = browser.streams.length;
  browser.stream?.emit('error');
  browser.advance(500);
  expect(browser.streams).toHaveLength(opened + 1);
});

test('silence counts as a lost connection; any message postpones it', () => {
  browser.stream?.emit('snapshot', makeSnapshot());
  browser.advance(9_000);
  browser.stream?.emit('tick', {
    serverTime: makeSnapshot().serverTime,
    freshness: makeSnapshot().freshness,
    healthy: true,
  });
  browser.advance(9_000);
  expect(browser.last?.connection).toBe('live');
  browser.advance(1_000);
  expect(browser.last?.connection).toBe('reconnecting');
});

test('a stopping server’s goodbye leads to another try', () => {
  browser.stream?.emit('snapshot', makeSnapshot());
  browser.stream?.emit('bye');
  expect(browser.stream?.isClosed).toBe(true);
  browser.advance(500);
  expect(browser.streams).toHaveLength(2);
});

test('a tick tells that the server lost its database', () => {
  browser.stream?.emit('snapshot', makeSnapshot());
  browser.stream?.emit('tick', {
    serverTime: makeSnapshot().serverTime,
    freshness: makeSnapshot().freshness,
    healthy: false,
  });
  expect(browser.last).toMatchObject({ connection: 'live', healthy: false });
});

test('a refusal is shown in the server’s words', async () => {
  browser.refusal = { code: 'TOO_MANY_STREAMS', message: 'Full.' };
  browser.stream?.emit('error');
  await Promise.resolve();
  await Promise.resolve();
  expect(browser.last?.error).toEqual(browser.refusal);
});

test('a closed client says and does nothing more', () => {
  const first = browser.stream;
  client.close();
  first?.emit('snapshot', makeSnapshot());
  browser.advance(60_000);
  expect(first?.isClosed).toBe(true);
  expect(browser.states).toEqual([]);
  expect(browser.streams).toHaveLength(1);
});
