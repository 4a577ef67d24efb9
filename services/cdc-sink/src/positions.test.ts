import { expect, test } from 'vitest';
import { alarmOf } from './positions.ts';

test.each([
  ['nothing stored: the log decides', undefined, { low: 7, high: 9 }, null],
  ['in the middle', 8, { low: 7, high: 9 }, null],
  ['at the ends', 7, { low: 7, high: 7 }, null],
  [
    'deleted unread',
    6,
    { low: 7, high: 9 },
    'the log starts at 7, after the stored position 6: messages were deleted unread',
  ],
  ['another log', 10, { low: 0, high: 9 }, 'the log ends at 9, before the stored position 10: it is another one'],
])('%s', (_, next, bounds, alarm) => {
  expect(alarmOf(next, bounds)).toBe(alarm);
});
