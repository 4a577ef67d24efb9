/** Returned for bytes that are no such number. */
export const NOT_A_NUMBER = Number.NaN;

const ZERO = 48;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const MAX_INT32_DIGITS = 10;

/** A whole number in decimal digits; NaN for anything else. */
export function parseInt32(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  let at = first === MINUS || first === PLUS ? start + 1 : start;
  if (at >= end) return NOT_A_NUMBER;
  while (at < end - 1 && bytes[at] === ZERO) at += 1;
  if (end - at > MAX_INT32_DIGITS) return NOT_A_NUMBER;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  // Not -0: it is no other number.
  if (first === MINUS) value = 0 - value;
  return (value | 0) === value ? value : NOT_A_NUMBER;
}

/** Whole digits that Decimal(10, 2) has room for. */
const MAX_WHOLE_DIGITS = 8;

/**
 * Hundredths of a decimal number, rounded half away from zero, for Decimal(10, 2). NaN for anything else than digits
 * with at most one point among them, and for numbers that do not fit.
 */
export function parseHundredths(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  let at = first === MINUS || first === PLUS ? start + 1 : start;
  while (at < end - 1 && bytes[at] === ZERO && bytes[at + 1] !== POINT) at += 1;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === POINT && point < 0) {
      point = digits;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    const decimals = point < 0 ? 0 : digits - point;
    // The third decimal rounds; what follows it cannot change the result.
    if (decimals < 2) value = value * 10 + digit;
    else if (decimals === 2 && digit >= 5) value += 1;
    digits += 1;
    if (point < 0 && digits > MAX_WHOLE_DIGITS) return NOT_A_NUMBER;
  }
  if (digits === 0 || point === digits) return NOT_A_NUMBER;
  const decimals = point < 0 ? 0 : Math.min(digits - point, 2);
  const hundredths = decimals === 2 ? value : value * (decimals === 1 ? 10 : 100);
  if (hundredths >= 10_000_000_000) return NOT_A_NUMBER;
  return first === MINUS ? 0 - hundredths : hundredths;
}
