import { expect, test } from 'vitest';
import { bridgeGap } from './bridge-gap.ts';
import type { MessageChunk } from './consumed-message.ts';
import { PartitionQueue } from './partition-queue.ts';

const ID = { topic: 't', partition: 0 };

function chunk(fromOffset: number, toOffset: number): MessageChunk {
  return { ...ID, fromOffset, toOffset, highWatermark: toOffset, bytes: 0, messages: [] };
}

function setUp(low: number) {
  const queue = new PartitionQueue(ID, 'any');
  queue.start(0);
  queue.push(chunk(0, 5));
  const seeks: number[] = [];
  const holes: [number, number][] = [];
  const actions = {
    bounds: () => Promise.resolve({ low, high: 20 }),
    seek: (_id: typeof ID, offset: number) => void seeks.push(offset),
    onHole: ({ from, to }: { from: number; to: number }) => void holes.push([from, to]),
  };
  return { queue, seeks, holes, bridge: () => bridgeGap(queue, chunk(9, 12), actions) };
}

test('what was not delivered is fetched again, and only then taken for a hole', async () => {
  const { queue, seeks, holes, bridge } = setUp(0);
  await bridge();
  await bridge();
  expect([seeks, holes, queue.end]).toEqual([[5, 5], [], 5]);
  await bridge();
  expect([seeks, holes, queue.end]).toEqual([[5, 5], [[5, 9]], 12]);
});

test('what was deleted unread makes the position be loaded again', async () => {
  const { queue, seeks, holes, bridge } = setUp(7);
  await bridge();
  expect([seeks, holes, queue.isUnknown]).toEqual([[], [], true]);
});
