import { BoundsReader } from '@ebb/kafka';
import { expect, test } from 'vitest';
import type { MaintenanceContext } from './captured/types.ts';
import { Maintenance } from './maintenance.ts';
import { quietLogger } from './testing/quiet.ts';

test('runs now and then with a view of all partitions, and the more seldom the longer it takes', async () => {
  const contexts: MaintenanceContext[] = [];
  let nowMs = 0;
  let isOpen = false;
  let tookMs = 0;
  const maintenance = new Maintenance({
    tables: {
      maintain: (context) => {
        contexts.push(context);
        nowMs += tookMs;
        return tookMs > 0 ? Promise.reject(new Error('ClickHouse is away')) : Promise.resolve();
      },
    },
    isOpen: () => isOpen,
    topics: () => ['cdc.a'],
    bounds: new BoundsReader(() =>
      Promise.resolve([
        { partition: 0, low: 1n, high: 9n },
        { partition: 1, low: 0n, high: 3n },
      ]),
    ),
    loadProgress: () => Promise.resolve([{ topic: 'cdc.a', partition: 0, nextOffset: 7, maxVersion: 0n }]),
    logger: quietLogger,
    nowMs: () => nowMs,
  });
  const runAt = async (atMs: number): Promise<number> => {
    nowMs = atMs;
    await maintenance.runWhenDue();
    return contexts.length;
  };
  expect(await runAt(40_000)).toBe(0);
  isOpen = true;
  expect(await runAt(41_000)).toBe(1);
  expect(contexts[0]?.partitions).toEqual([
    { topic: 'cdc.a', partition: 0, logStart: 1, highWatermark: 9, nextOffset: 7 },
    { topic: 'cdc.a', partition: 1, logStart: 0, highWatermark: 3, nextOffset: 0 },
  ]);
  expect(await runAt(70_000)).toBe(1);
  tookMs = 2_000;
  expect(await runAt(71_000)).toBe(2);
  expect(await runAt(171_000)).toBe(2);
  expect(await runAt(173_000)).toBe(3);
});
