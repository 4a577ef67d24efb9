import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RequestQueue, scheduleCheckPendingRequests } from './request-queue.ts';

const require = createRequire(import.meta.url);

interface DriverQueue extends RequestQueue {
  readonly inflight: Map<number, unknown>;
  push(request: object): void;
  fulfillRequest(answer: { correlationId: number; payload: unknown; size: number }): void;
  destroy(): void;
}

const Queue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => DriverQueue;

let queue: DriverQueue;
let sent: number[];

beforeEach(() => {
  vi.useFakeTimers();
  const quiet = { debug: () => {}, warn: () => {}, error: () => {}, namespace: () => quiet };
  sent = [];
  queue = new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'broker:9092',
    logger: quiet,
  });
});

afterEach(() => {
  queue.destroy();
  vi.useRealTimers();
});

function push(correlationId: number): void {
  queue.push({
    entry: { apiName: 'Fetch', apiKey: 1, apiVersion: 11, correlationId, resolve: () => {}, reject: () => {} },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  });
}

const answer = (correlationId: number): void => queue.fulfillRequest({ correlationId, payload: null, size: 0 });

test('the driver uses this', () => {
  expect(Object.getPrototypeOf(queue)).toHaveProperty('scheduleCheckPendingRequests', scheduleCheckPendingRequests);
});

test('nothing ticks while no request waits, also after one was answered', () => {
  push(1);
  answer(1);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a request that waits for the answer to another goes out with that answer', () => {
  push(1);
  push(2);
  expect(sent).toEqual([1]);
  answer(1);
  expect(sent).toEqual([1, 2]);
  vi.runAllTimers();
  expect(vi.getTimerCount()).toBe(0);
});

test('a request that is held back by the broker goes out when its time is over', () => {
  queue.throttledUntil = Date.now() + 500;
  push(1);
  vi.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(sent).toEqual([1]);
  answer(1);
  expect(vi.getTimerCount()).toBe(0);
});
