import { describe, expect, test } from 'vitest';
import { canonical, canonOf } from './canonical.ts';
import { differentRows, keyed } from './compare-table.ts';

describe('canonical', () => {
  test.each([
    ['float', '1e+20', '100000000000000000000'],
    ['float', 'inf', 'Infinity'],
    ['float', 'nan', 'NaN'],
    ['decimal', '1.5000', '1.5'],
    ['decimal', '100', '100'],
    ['decimal', '-0.1000', '-0.1'],
    ['time', '12:00:00.500000Z', '12:00:00.5'],
    ['time', '12:00:00', '12:00:00'],
    ['text', ' 1.50 ', ' 1.50 '],
  ] as const)('%s %s is %s', (canon, value, expected) => {
    expect(canonical(value, canon)).toBe(expected);
  });

  test('arrays by element, null elements and null arrays kept apart from empty ones', () => {
    expect(canonical('["1.50",null]', { arrayOf: 'decimal' })).toBe('["1.5",null]');
    expect(canonical('[]', { arrayOf: 'text' })).toBe('[]');
    expect(canonical(null, { arrayOf: 'text' })).toBeNull();
  });

  test('the scale of a numeric without precision is data', () => {
    expect(canonOf({ typname: 'numeric', isArray: false, hasPrecision: false })).toBe('text');
    expect(canonOf({ typname: 'numeric', isArray: false, hasPrecision: true })).toBe('decimal');
  });
});

describe('differentRows', () => {
  const shape = [
    { name: 'id', isKey: true, canon: 'text' as const },
    { name: 'v', isKey: false, canon: 'text' as const },
  ];
  const rows = (...pairs: [string, string | null][]) =>
    keyed(
      pairs.map(([c0, c1]) => ({ c0, c1 })),
      shape,
    );

  test('names missing, surplus, repeated and changed rows', () => {
    const expected = rows(['1', 'a'], ['2', 'b'], ['3', null]).byKey;
    const found = rows(['2', 'x'], ['3', ''], ['4', 'd'], ['4', 'd']);
    expect(differentRows(expected, found)).toEqual([
      '4: more than once',
      '1: missing',
      '2: v is "x" instead of "b"',
      '3: v is "" instead of null',
      '4: should not be there',
    ]);
    expect(differentRows(expected, rows(['1', 'a'], ['2', 'b'], ['3', null]))).toEqual([]);
  });
});
