import { PartitionQueue } from '@ebb/kafka';
import { expect, test } from 'vitest';
import { pacesOf } from './monitor.ts';
import type { EventQueue } from './types.ts';

/** A hundred messages are in the log, some of them may be fetched. */
function queueOf(partition: number, fetched: number): EventQueue {
  const queue: EventQueue = new PartitionQueue({ topic: 'website_events', partition }, 'website');
  queue.start(0);
  queue.high = 100;
  const messages = Array.from({ length: fetched }, (_, offset) => ({
    offset,
    timestampMs: 0,
    value: Buffer.from('{}'),
    headers: {},
  }));
  if (fetched > 0) {
    queue.push({ ...queue.id, fromOffset: 0, toOffset: fetched, highWatermark: 100, bytes: 2 * fetched, messages });
  }
  return queue;
}

const heldOf = (isFull: boolean, queues: readonly EventQueue[]): (boolean | undefined)[] =>
  pacesOf({ isFull, queues: queues.values() }).map(({ isHeld }) => isHeld);

test('in a full lane a partition without messages there waits for the others; those have to move', () => {
  expect(heldOf(true, [queueOf(0, 50), queueOf(1, 0)])).toEqual([false, true]);
});

test('in a lane with room every partition has to move', () => {
  expect(heldOf(false, [queueOf(0, 50), queueOf(1, 0)])).toEqual([false, false]);
});

test('a stopped partition is not looked at', () => {
  const stopped = queueOf(0, 50);
  stopped.stop('log starts later');
  expect(heldOf(true, [stopped, queueOf(1, 5)])).toEqual([false]);
});
