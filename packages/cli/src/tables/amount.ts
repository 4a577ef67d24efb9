import { type Money, parseMoney } from '@ebb/core';

const PLAIN = /^[+-]?\d{1,16}(?:\.\d{1,4}0*)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Beyond it a double tells no tenths apart. */
const MOST_ROUNDED = 1e15;

/**
 * The amount in a cell: exact for decimals of up to four places; longer fractions and exponents, as programs write them,
 * are rounded there. Null for what is no number, or too large to be rounded.
 */
export function amountOf(cell: string): Money | null {
  const text = cell.trim();
  if (PLAIN.test(text)) return parseMoney(text);
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) < MOST_ROUNDED ? parseMoney(value.toFixed(4)) : null;
}
