import { DAY_MS } from '@ebb/core';
import { expect, test } from 'vitest';
import { Progress } from './progress.ts';
import { dueMs, planShift } from './replay-plan.ts';
import { parseRetailTime } from './retail-time.ts';

const LAST = Date.UTC(2010, 11, 9, 17, 30);
const NOW = Date.UTC(2026, 10, 21, 12);

test('a shift moves the last day of all files to the target and keeps the time of day', () => {
  const days = planShift(
    [{ lastTimeMs: LAST - DAY_MS }, { lastTimeMs: LAST }, { lastTimeMs: null }],
    Date.UTC(2026, 10, 20),
    NOW,
  );
  expect(new Date(LAST + days * DAY_MS).toISOString()).toBe('2026-11-20T17:30:00.000Z');
});

test('without a target nothing moves', () => {
  expect(planShift([{ lastTimeMs: LAST }], null, NOW)).toBe(0);
  expect(planShift([{ lastTimeMs: null }], Date.UTC(2026, 0, 1), NOW)).toBe(0);
});

test('a document would not be later than now: the last possible day is named', () => {
  expect(() => planShift([{ lastTimeMs: LAST }], Date.UTC(2026, 10, 21), NOW)).toThrow(/--shift-to 2026-11-20/);
});

test('at a speed, documents are due at their distance from the first one', () => {
  expect(dueMs(LAST + 7_200_000, LAST, 1_000, 3_600)).toBe(3_000);
  expect(dueMs(LAST + 7_200_000, LAST, 1_000, null)).toBe(1_000);
});

test.each([
  ['2009-12-01', '2009-12-01T00:00:00.000Z'],
  ['2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
  ['2010-12-01 08:26', '2010-12-01T08:26:00.000Z'],
  ['2010-13-01', null],
  ['2010-02-29', null],
  ['2010-12-01 24:00:00', null],
  ['01/12/2010', null],
])('the time %s is %s', (text, expected) => {
  const timeMs = parseRetailTime(text);
  expect(timeMs === null ? null : new Date(timeMs).toISOString()).toBe(expected);
});

test('progress is a bar on a terminal and a line every few seconds elsewhere', () => {
  const written: string[] = [];
  let nowMs = 0;
  const draw = (isTTY: boolean): string[] => {
    written.length = 0;
    nowMs = 0;
    const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => nowMs);
    for (const done of [10, 20, 30, 40]) {
      nowMs += 2_000;
      progress.update(done, 40, 'file');
    }
    return [...written];
  };
  expect(draw(false)).toEqual(['file  30/40 documents, 5/s\n', 'file  40/40 documents, 5/s\n']);
  expect(draw(true)).toHaveLength(5);
  expect(draw(true)[0]).toMatch(/\r.*\[#{7}\.{23}\]/);
});
