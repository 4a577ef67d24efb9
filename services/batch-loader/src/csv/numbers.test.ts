import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHundredths, parseInt32 } from './numbers.ts';

const int32 = (text: string): number => parseInt32(Buffer.from(`,${text},`), 1, Buffer.byteLength(text) + 1);
const hundredths = (text: string): number => parseHundredths(Buffer.from(`,${text},`), 1, Buffer.byteLength(text) + 1);

test('whole numbers of 32 bits, and nothing else', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(int32(String(value))).toBe(value);
    }),
  );
  expect(['+7', '007', '0', '-0'].map(int32)).toEqual([7, 7, 0, 0]);
  const bad = ['', '-', '+', '1.0', '1e3', ' 1', '1 ', '0x1', '٣', '2147483648', '-2147483649', '99999999999', 'NaN'];
  expect(bad.filter((text) => !Number.isNaN(int32(text)))).toEqual([]);
});

test('prices are exact to the cent, and half a cent goes away from zero', () => {
  const price = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 99_999_999 }), fc.stringMatching(/^\d{0,5}$/));
  fc.assert(
    fc.property(price, ([isNegative, whole, decimals]) => {
      const text = `${isNegative ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
      // In thousandths: exact in big integers, and the digits behind the third decide nothing.
      const thousandths = BigInt(whole) * 1000n + BigInt(`${decimals}000`.slice(0, 3));
      const rounded = Number((thousandths + 5n) / 10n);
      const signed = isNegative ? 0 - rounded : rounded;
      expect(hundredths(text)).toBe(rounded >= 10_000_000_000 ? Number.NaN : signed);
    }),
  );
  expect(['1.005', '-1.005', '0.004', '.5', '00.50', '2.995', '0.0'].map(hundredths)).toEqual([
    101, -101, 0, 50, 50, 300, 0,
  ]);
});

test('what is no decimal number is refused', () => {
  const bad = ['', '-', '.', '1.', '1,5', '1.2.3', '1e3', '£1', ' 1', '100000000', '99999999.995', 'NULL', 'inf'];
  expect(bad.filter((text) => !Number.isNaN(hundredths(text)))).toEqual([]);
});
