import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, isMoneyInRange, moneyFromNumber, parseMoney, timesQuantity } from './money.ts';

describe('money', () => {
  it.each([
    ['0', 0n, '0.00'],
    ['12.5', 125_000n, '12.50'],
    ['-0.125', -1_250n, '-0.125'],
    ['0.0001', 1n, '0.0001'],
    ['+7.10000', 71_000n, '7.10'],
    ['99999999999999.9999', 999_999_999_999_999_999n, '99999999999999.9999'],
  ])('reads %s exactly', (text, units, printed) => {
    expect(parseMoney(text)).toBe(units);
    expect(formatMoney(units)).toBe(printed);
  });

  it.each(['', ' 1', '1.', '.5', '1e3', 'NaN', '1,5', '0.00001', '12345678901234567', '１'])('refuses %j', (text) => {
    expect(() => parseMoney(text)).toThrow(/not an amount/);
  });

  it('takes a JSON number for the decimal it was written as', () => {
    expect(moneyFromNumber(0.1) + moneyFromNumber(0.2)).toBe(moneyFromNumber(0.3));
    expect(() => moneyFromNumber(Number.NaN)).toThrow(/not an amount/);
    expect(() => moneyFromNumber(1 / 3)).toThrow(/not an amount/);
  });

  it('prints what it reads back, for any amount of numeric(20,4)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }), (units) => {
        expect(parseMoney(formatMoney(units))).toBe(units);
      }),
    );
  });

  it('multiplies by a quantity without rounding', () => {
    expect(formatMoney(timesQuantity(parseMoney('2.575'), -48))).toBe('-123.60');
  });

  it('knows the range of the column', () => {
    expect(isMoneyInRange(10n ** 20n - 1n)).toBe(true);
    expect(isMoneyInRange(10n ** 20n)).toBe(false);
  });
});
