import { sleep } from '@ebb/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BatchWriter } from './batch-writer.ts';
import type { PreparedBatch } from './captured/types.ts';
import { Flusher } from './flusher.ts';
import type { TopicBatch } from './waiting-rows.ts';

const LIMITS = { rows: 1_000, bytes: 1_000, lingerMs: 30, busyMs: 50, sparseMs: 60, busyRows: 100 };

function rows(topic: string, bytes: number): PreparedBatch {
  return {
    inserts: [{ table: topic, columns: ['a'], format: 'RowBinary', rows: 1, body: [Buffer.alloc(bytes)] }],
    deadLetters: [],
    progress: { topic, partition: 0, nextOffset: 1, maxVersion: 0n },
  };
}

/** A flusher over a writer that waits for `release`, and the flushes it made. */
function start() {
  const flushes: string[][] = [];
  const stored: string[] = [];
  let held: PromiseWithResolvers<void> | null = null;
  const write = async (batches: readonly TopicBatch[]) => {
    flushes.push(batches.map(({ topic }) => topic));
    await held?.promise;
    return { stored: batches, refused: [] };
  };
  const writer = { write } as unknown as BatchWriter;
  const flusher = new Flusher(
    {
      writer,
      paceOf: () => ({ slowdown: 1, isBehind: false }),
      onStored: ({ topic }) => stored.push(topic),
      onRefused: () => {},
      betweenFlushes: () => Promise.resolve(),
    },
    LIMITS,
    2_000,
  );
  const running = flusher.run();
  onTestFinished(async () => {
    held?.resolve();
    flusher.stop();
    await running;
  });
  const hold = (): void => void (held = Promise.withResolvers());
  const release = (): void => {
    held?.resolve();
    held = null;
  };
  return { flusher, flushes, stored, hold, release, running };
}

describe('Flusher', () => {
  test('settling stores what waits at once', async () => {
    const { flusher, stored } = start();
    flusher.add('a', rows('a', 10), 1, null);
    await flusher.settle();
    expect(stored).toEqual(['a']);
    expect(flusher.bytes).toBe(0);
  });

  test('rows wait for company, and topics for each other', async () => {
    const { flusher, flushes } = start();
    // At one time: a pause of the process between them would make them due one after the other.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    flusher.add('a', rows('a', 10), 1, null);
    flusher.add('b', rows('b', 10), 1, null);
    flusher.add('a', rows('a', 10), 1, null);
    clock.mockRestore();
    while (flushes.length === 0) await sleep(5);
    expect(flushes).toEqual([['a', 'b']]);
  });

  test('while an insert hangs, adding waits at the limit and bytes under way count', async () => {
    const { flusher, hold, release } = start();
    hold();
    flusher.add('a', rows('a', 1_500), 1, null);
    await sleep(20);
    await flusher.waitForRoom();
    flusher.add('a', rows('a', 500), 1, null);
    let hasRoom = false;
    const waiting = flusher.waitForRoom().then(() => (hasRoom = true));
    await sleep(300);
    expect(hasRoom).toBe(false);
    expect(flusher.bytes).toBe(2_000);
    release();
    await waiting;
  });

  test('a stop stores what waits', async () => {
    const { flusher, stored, running } = start();
    flusher.add('a', rows('a', 10), 1, null);
    flusher.stop();
    await running;
    expect(stored).toEqual(['a']);
  });
});
