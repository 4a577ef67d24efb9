import { expect, test } from 'vitest';
import { summaryOf } from './day-bars.tsx';

test('the sentence names the lowest and the highest day, the first of equals', () => {
  const bar = (day: string, value: number): { day: string; value: number; text: string } => ({
    day,
    value,
    text: `${value} %`,
  });
  expect(summaryOf([bar('2026-03-01', 98), bar('2026-03-02', 91), bar('2026-03-03', 98)])).toMatch(
    /^3 days, lowest 91 % on .*2.*2026, highest 98 % on .*1.*2026\.$/,
  );
  expect(summaryOf([])).toBe('No day yet.');
});
