import { describe, expect, test } from 'vitest';
import type { MessageChunk } from './consumed-message.ts';
import { PartitionQueue } from './partition-queue.ts';

function chunk(fromOffset: number, toOffset: number, holes: readonly number[] = []): MessageChunk {
  const messages = Array.from({ length: toOffset - fromOffset }, (_, index) => fromOffset + index)
    .filter((offset) => !holes.includes(offset))
    .map((offset) => ({ offset, timestampMs: 0, value: Buffer.from('12345'), headers: {} }));
  return { topic: 't', partition: 0, fromOffset, toOffset, highWatermark: 100, bytes: messages.length * 5, messages };
}

function queueAt(next: number): PartitionQueue {
  const queue = new PartitionQueue({ topic: 't', partition: 0 }, 'website');
  queue.start(next);
  return queue;
}

function takeAll(queue: PartitionQueue): { from: number; to: number; offsets: number[] } | null {
  const slice = queue.take(1000, 1e9);
  return slice && { from: slice.from, to: slice.to, offsets: slice.messages.map(({ offset }) => offset) };
}

describe('PartitionQueue', () => {
  test('takes chunks in order, from the position to the end of the last chunk', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 3));
    queue.push(chunk(3, 5));
    expect(takeAll(queue)).toEqual({ from: 0, to: 5, offsets: [0, 1, 2, 3, 4] });
  });

  test('skips what is below the position and what came before', () => {
    const queue = queueAt(2);
    expect(queue.push(chunk(0, 4))).toBe('queued');
    expect(queue.push(chunk(1, 4))).toBe('repeated');
    expect(queue.push(chunk(3, 6))).toBe('queued');
    expect(takeAll(queue)).toEqual({ from: 2, to: 6, offsets: [2, 3, 4, 5] });
  });

  test('sees a gap between chunks, but none where offsets are missing inside one', () => {
    const queue = queueAt(0);
    expect(queue.push(chunk(0, 6, [2, 5]))).toBe('queued');
    expect(queue.push(chunk(8, 9))).toBe('gap');
    expect(takeAll(queue)).toEqual({ from: 0, to: 6, offsets: [0, 1, 3, 4] });
  });

  test('a part of the messages ends after its last message, the rest follows', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 5, [1, 2]));
    const first = queue.take(2, 1e9);
    expect(first).toMatchObject({ from: 0, to: 4 });
    if (first) queue.advance(first);
    expect(takeAll(queue)).toEqual({ from: 4, to: 5, offsets: [4] });
  });

  test('a batch has at least one message, however big', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 3));
    expect(queue.take(10, 1)?.messages).toHaveLength(1);
    expect(queue.take(10, 10)?.messages).toHaveLength(2);
  });

  test('before the position is known chunks are kept; if they hold it, fetching need not start over', () => {
    const queue = new PartitionQueue({ topic: 't', partition: 0 }, 'website');
    queue.push(chunk(4, 8));
    expect(queue.hasWork).toBe(false);
    expect(queue.start(6)).toBe(false);
    expect(takeAll(queue)).toEqual({ from: 6, to: 8, offsets: [6, 7] });
  });

  test.each([[3], [9]])('chunks that do not hold the position %i are dropped', (next) => {
    const queue = new PartitionQueue({ topic: 't', partition: 0 }, 'website');
    queue.push(chunk(4, 8));
    expect(queue.start(next)).toBe(true);
    expect(queue.bytes).toBe(0);
    expect(takeAll(queue)).toBeNull();
  });

  test('after a failure kept messages go on where the stored position says', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 6));
    const slice = queue.take(3, 1e9);
    queue.unload();
    if (slice) queue.advance(slice);
    expect(queue.isUnknown).toBe(true);
    // The commit had arrived after all.
    expect(queue.start(3)).toBe(false);
    expect(takeAll(queue)?.offsets).toEqual([3, 4, 5]);
  });

  test('a position set back behind what was let go is fetched again', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 6));
    const slice = queue.take(3, 1e9);
    if (slice) queue.advance(slice);
    queue.unload();
    expect(queue.start(1)).toBe(true);
    expect(queue.push(chunk(1, 3))).toBe('queued');
    expect(takeAll(queue)?.offsets).toEqual([1, 2]);
  });

  test('a stopped partition takes nothing until the alarm is cleared', () => {
    const queue = queueAt(0);
    queue.stop('log starts later');
    expect(queue.push(chunk(0, 2))).toBe('repeated');
    expect(queue.isUnknown).toBe(false);
    queue.resume();
    expect(queue.isUnknown).toBe(true);
  });

  test('lag and bytes follow what is done', () => {
    const queue = queueAt(0);
    queue.push(chunk(0, 4));
    expect([queue.lag, queue.bytes]).toEqual([100, 20]);
    const slice = queue.take(1000, 1e9);
    if (slice) queue.advance(slice);
    expect([queue.lag, queue.bytes, queue.hasWork]).toEqual([96, 0, false]);
  });
});
