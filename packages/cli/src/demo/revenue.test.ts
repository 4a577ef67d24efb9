import { parseMoney } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { bridgeLines, formatThousands, type Revenue } from './revenue.ts';

const REVENUE: Revenue = {
  source: 'retail',
  currency: 'GBP',
  orders: 3,
  creditNotes: 1,
  adjustments: 1,
  gross: parseMoney('1234567.891'),
  takenBack: parseMoney('1000.00'),
  credit: parseMoney('-500.5'),
  adjustment: parseMoney('-1'),
  net: parseMoney('1233067.391'),
};

describe('bridgeLines', () => {
  it('shows lines that add up to net, adjustments apart', () => {
    const lines = bridgeLines(REVENUE);
    expect(lines.slice(1, 5).map((line) => /-?[\d,]+\.\d+/.exec(line)?.[0])).toEqual([
      '1,234,567.891',
      '-1,000.00',
      '-500.50',
      '1,233,067.391',
    ]);
    expect(lines[5]).toContain('in neither');
  });
});

describe('formatThousands', () => {
  it.each([
    ['0', '0.00'],
    ['999.9999', '999.9999'],
    ['-1000', '-1,000.00'],
    ['99999999999999.9999', '99,999,999,999,999.9999'],
  ])('groups %s', (text, shown) => {
    expect(formatThousands(parseMoney(text))).toBe(shown);
  });
});
