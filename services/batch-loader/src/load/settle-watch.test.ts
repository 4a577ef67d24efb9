import { expect, test } from 'vitest';
import type { FoundFile } from '../source/file-source.ts';
import { SettleWatch } from './settle-watch.ts';

const file = (version: string, modifiedAtMs: number): FoundFile => ({ key: 'a.csv', bytes: 1, version, modifiedAtMs });

test('a file is at rest when its own time says so', () => {
  const watch = new SettleWatch(1_000);
  expect(watch.isSettled(file('1', 5_000), 5_900)).toBe(false);
  expect(watch.isSettled(file('1', 5_000), 6_000)).toBe(true);
});

test('where the clock of whoever wrote it is ahead, what was seen here decides; every change begins anew', () => {
  const watch = new SettleWatch(1_000);
  expect(watch.isSettled(file('1', 90_000), 10_000)).toBe(false);
  expect(watch.isSettled(file('2', 90_500), 10_900)).toBe(false);
  expect(watch.isSettled(file('2', 90_500), 11_500)).toBe(false);
  expect(watch.isSettled(file('2', 90_500), 11_900)).toBe(true);
});
