import { expect, test } from 'vitest';
import { amountBinText, wholeBinText } from './bin-text.ts';

const bin = (from: number | null, to: number | null) => ({ from, to, customers: 1 });

test.each([
  [bin(0, 30), '0 to 29', '0 to below 30'],
  [bin(1, 2), '1', '1 to below 2'],
  [bin(5, null), '5 and more', '5 and more'],
  [bin(null, 0), 'below 0', 'below 0'],
])('%j', (one, whole, amount) => {
  expect(wholeBinText(one)).toBe(whole);
  expect(amountBinText(one)).toBe(amount);
});
