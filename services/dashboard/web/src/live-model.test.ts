import { expect, test } from 'vitest';
import { makeSnapshot } from '../../src/testing/snapshot.ts';
import { endOfData, fillMinutes, isEmpty, timeRange } from './live-model.ts';

const DAY = Date.parse('2026-03-10T00:00:00Z') / 1000;
const NOON_MS = Date.parse('2026-03-10T12:00:30Z');

test('the whole day, also one of 25 hours', () => {
  expect(timeRange(makeSnapshot(), null, NOON_MS)).toEqual({ from: DAY, to: DAY + 86_400 });
  const long = makeSnapshot({ dayStart: '2026-10-24T23:00:00.000Z', dayEnd: '2026-10-26T00:00:00.000Z' });
  const range = timeRange(long, null, NOON_MS);
  expect((range.to - range.from) / 3600).toBe(25);
});

test('the last minutes end with the running one, and never reach into the day before', () => {
  expect(timeRange(makeSnapshot(), 60, NOON_MS)).toEqual({ from: DAY + 11 * 3600 + 60, to: DAY + 12 * 3600 + 60 });
  expect(timeRange(makeSnapshot(), 60, (DAY + 600) * 1000)).toEqual({ from: DAY, to: DAY + 660 });
});

test('of a day that is over, they are its last', () => {
  expect(timeRange(makeSnapshot(), 15, NOON_MS + 10 * 86_400_000)).toEqual({
    from: DAY + 86_400 - 900,
    to: DAY + 86_400,
  });
});

test('a minute without a row is 0, a minute to come has no point', () => {
  const columns = { minute: [DAY + 60, DAY + 180, DAY + 86_400] };
  const filled = fillMinutes(columns, [[7, 9, 1]], { from: DAY, to: DAY + 600 }, DAY + 240);
  expect(filled.minutes).toEqual([DAY, DAY + 60, DAY + 120, DAY + 180]);
  expect(filled.values).toEqual([[0, 7, 0, 9]]);
});

test('endOfData is the end of the running minute', () => {
  expect(endOfData(NOON_MS)).toBe(DAY + 12 * 3600 + 60);
});

test('a snapshot without minutes is empty', () => {
  expect(isEmpty(makeSnapshot())).toBe(true);
  const orderMinutes = { minute: [DAY], orders: [1], products: [1], gross: ['1'], net: ['1'] };
  expect(isEmpty(makeSnapshot({ orderMinutes }))).toBe(false);
});
