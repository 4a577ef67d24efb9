import { PartitionQueue } from '@ebb/kafka';
import { describe, expect, test } from 'vitest';
import { takeSlices } from './batch-builder.ts';
import { DecodeGate } from './decode-gate.ts';
import { classifyFailure } from './errors.ts';
import { dayLocks, ORDERS_LOCK } from './locks.ts';
import type { EventQueue } from './types.ts';

describe('takeSlices', () => {
  function queue(partition: number, count: number): EventQueue {
    const created: EventQueue = new PartitionQueue({ topic: 't', partition }, 'website');
    created.start(0);
    const messages = Array.from({ length: count }, (_, offset) => ({
      offset,
      timestampMs: 0,
      value: null,
      headers: {},
    }));
    const chunk = { topic: 't', partition, fromOffset: 0, toOffset: count, highWatermark: count, bytes: 0, messages };
    if (count > 0) created.push(chunk);
    return created;
  }
  const taken = (queues: EventQueue[], messages: number, turn: number): number[][] =>
    takeSlices(queues, { messages, bytes: 1e9 }, turn).map((slice) => [
      slice.queue.id.partition,
      slice.messages.length,
    ]);

  test('every partition gets its share, and a turn starts with the next one', () => {
    const queues = [queue(0, 10), queue(1, 10), queue(2, 0)];
    expect(taken(queues, 6, 0)).toEqual([
      [0, 3],
      [1, 3],
    ]);
    expect(taken(queues, 1, 0)).toEqual([[0, 1]]);
    expect(taken(queues, 1, 1)).toEqual([[1, 1]]);
    expect(taken([], 5, 0)).toEqual([]);
  });
});

describe('DecodeGate', () => {
  test('runs every step once, and none while a statement is being written', async () => {
    let unsent = 3;
    const gate = new DecodeGate(() => unsent);
    const steps: number[] = [];
    const running = gate.run(100, (index) => steps.push(index));
    await Promise.resolve();
    expect(steps).toEqual([]);
    unsent = 0;
    await running;
    expect(steps).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});

describe('classifyFailure', () => {
  const failure = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

  test.each([
    [failure('40P01'), 'retry'],
    [failure('57P01'), 'retry'],
    [new Error('Connection terminated unexpectedly'), 'retry'],
    [failure('23514', 'no partition of relation "web_events" found for row'), 'partition_missing'],
    [failure('23514', 'violates check constraint'), 'data'],
    [failure('22P02'), 'data'],
    [failure('42501'), 'unknown'],
    [new Error('something else'), 'unknown'],
    ['text', 'unknown'],
  ])('%s', (error, kind) => {
    expect(classifyFailure(error)).toBe(kind);
  });
});

describe('dayLocks', () => {
  test('few days have a lock each, ascending; many share one; the orders lock comes last', () => {
    const few = dayLocks([20_001, 20_000]);
    expect(few).toEqual([4212 * 2 ** 32 + 20_000, 4212 * 2 ** 32 + 20_001]);
    const many = dayLocks(Array.from({ length: 17 }, (_, index) => index));
    expect(many).toHaveLength(1);
    expect(Math.max(...few)).toBeLessThan(many[0] ?? 0);
    expect(many[0]).toBeLessThan(ORDERS_LOCK);
  });
});
