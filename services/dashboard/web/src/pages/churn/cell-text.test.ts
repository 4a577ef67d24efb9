import { expect, test } from 'vitest';
import { cellText } from './cell-text.ts';

test('what is not known is no zero', () => {
  expect(cellText('percent', null)).toBe('–');
  expect(cellText('percent', '0')).toBe('0.0%');
});

test('a percentage is one, a share becomes one', () => {
  expect(cellText('percent', '35')).toBe('35.0%');
  expect(cellText('share', '0.1812')).toBe('18.1%');
  expect(cellText('hours', '15.95')).toBe('16 h');
  expect(cellText('amount', '12345678901234.56')).toBe('12,345,678,901,234.56');
});
