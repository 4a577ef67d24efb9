import { expect, test } from 'vitest';
import { formatDifference, formatMetric } from './metric-text.ts';

test.each([
  ['count', 12345, '12,345'],
  ['amount', '1234.5', '£1,234.50'],
  ['share', 0.1234, '12.3%'],
  ['percent', 35.29, '35.3%'],
  ['number', 2.5, '2.5'],
  ['days', 44, '44 days'],
  ['hours', 15.95, '16 h'],
  ['milliseconds', 12, '12 ms'],
  ['count_per_minute', 3.25, '3.3'],
] as const)('%s: %s reads %s', (unit, value, text) => {
  expect(formatMetric(unit, value, 'GBP')).toBe(text);
});

test('what is not known is no zero', () => {
  expect(formatMetric('amount', null, 'GBP')).toBe('–');
  expect(formatMetric('count', undefined, null)).toBe('–');
});

test('a difference carries its sign, and a share differs by points', () => {
  expect(formatDifference('count', 14, null)).toBe('+14');
  expect(formatDifference('count', -14, null)).toBe('-14');
  expect(formatDifference('count', 0, null)).toBe('0');
  expect(formatDifference('amount', '-12.5', 'GBP')).toBe('-£12.50');
  expect(formatDifference('amount', 12.345, 'GBP')).toMatch(/^\+£12\.3[45]$/);
  expect(formatDifference('share', 0.0123, null)).toBe('+1.2 points');
});
