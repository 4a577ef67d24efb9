/**
 * Percentages of a whole in units of 1/10,000, which add up to 100 exactly: differences of rounded running shares, as the
 * warehouse prints them. All zero when the whole is. Parts must not be below zero in sum.
 */
export function percentages(parts: readonly bigint[]): bigint[] {
  const whole = parts.reduce((total, part) => total + part, 0n);
  if (whole === 0n) return parts.map(() => 0n);
  let soFar = 0n;
  let told = 0n;
  return parts.map((part) => {
    soFar += part;
    const share = dividedRounded(soFar * 1_000_000n, whole);
    const difference = share - told;
    told = share;
    return difference;
  });
}

/** Half away from zero. */
function dividedRounded(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (2n * a + b) / (2n * b);
  return isNegative ? -quotient : quotient;
}
