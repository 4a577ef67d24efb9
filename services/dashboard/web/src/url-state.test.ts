import { expect, test } from 'vitest';
import { isDay, readChoice, writeChoice } from './url-state.ts';

test('a choice survives the address', () => {
  const choice = { source: 'retail', currency: 'GBP', date: '2026-03-10', range: '6h' } as const;
  expect(readChoice(writeChoice(choice))).toEqual(choice);
});

test('what is not chosen stays out of the address', () => {
  expect(writeChoice({ source: null, currency: null, date: null, range: null })).toBe('');
  expect(writeChoice({ source: 'shop', currency: null, date: null, range: null })).toBe('?source=shop');
});

test('nonsense in the address is no choice', () => {
  expect(readChoice('?date=2026-02-30&range=year&source=')).toEqual({
    source: null,
    currency: null,
    date: null,
    range: null,
  });
});

test.each([
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['26-01-01', false],
  ['', false],
])('isDay(%s) is %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});
