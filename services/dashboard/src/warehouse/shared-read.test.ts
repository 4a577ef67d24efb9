import { expect, test } from 'vitest';
import { SharedRead } from './shared-read.ts';

test('who asks while a read is under way waits for the next, with all others', async () => {
  const reads: PromiseWithResolvers<number>[] = [];
  const shared = new SharedRead(() => {
    const read = Promise.withResolvers<number>();
    reads.push(read);
    return read.promise;
  });
  const first = shared.get();
  await Promise.resolve();
  const others = [shared.get(), shared.get(), shared.get()];
  expect(reads).toHaveLength(1);
  reads[0]?.resolve(1);
  expect(await first).toBe(1);
  await expect.poll(() => reads.length).toBe(2);
  reads[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
});

test('what was begun a moment ago is for who asks now, too, and nothing older', async () => {
  let nowMs = 1_000;
  let reads = 0;
  const shared = new SharedRead(
    async () => (reads += 1),
    50,
    () => nowMs,
  );
  expect(await shared.get()).toBe(1);
  nowMs += 49;
  expect(await Promise.all([shared.get(), shared.get()])).toEqual([1, 1]);
  nowMs += 1;
  expect(await Promise.all([shared.get(), shared.get()])).toEqual([2, 2]);
});

test('a failure is told to those who asked for it alone', async () => {
  let reads = 0;
  const shared = new SharedRead(async () => {
    reads += 1;
    if (reads === 1) throw new Error('away');
    return reads;
  });
  const first = shared.get();
  await Promise.resolve();
  const second = shared.get();
  await expect(first).rejects.toThrow('away');
  expect(await second).toBe(2);
  expect(await shared.get()).toBe(3);
});
