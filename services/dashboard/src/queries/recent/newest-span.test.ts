import { expect, test } from 'vitest';
import { newestSpan } from './newest-span.ts';

const minute = (lastMs: number, stored: number) => ({ stored, firstMs: lastMs - 60_000, lastMs });

test('without an account there is nothing to look for', () => {
  expect(newestSpan([], 100)).toBeNull();
});

test('goes back over as many accounts as hold what is wanted', () => {
  expect(newestSpan([minute(600_000, 40), minute(540_000, 40), minute(480_000, 40), minute(420_000, 40)], 100)).toBe(
    420_000,
  );
});

test('takes everything where there is less', () => {
  expect(newestSpan([minute(600_000, 3), minute(120_000, 4)], 100)).toBe(60_000);
});

test('of a busy minute only its end, twice what is wanted', () => {
  expect(newestSpan([minute(600_000, 6_000)], 300)).toBe(594_000);
});

test('partitions count together, whatever their order', () => {
  const [quiet, busy] = [minute(500_000, 10), minute(600_000, 50)];
  expect(newestSpan([quiet, busy, busy], 100)).toBe(540_000);
});
