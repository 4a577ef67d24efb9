import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { designNames } from './design-names.ts';
import { binCount, encodeRows, fitEncoder, UNKNOWN_BIN } from './encoder.ts';
import type { FeatureColumn } from './feature-columns.ts';
import { fitNumeric, numericBin } from './numeric-encoding.ts';

const random = new SeededRandom('encoder');
const balance = Float64Array.from({ length: 1000 }, (_, row) =>
  row % 4 === 0 ? 0 : row === 1 ? Number.NaN : 1000 * random.exponential(1),
);
const country = Array.from({ length: 1000 }, (_, row) => (row < 600 ? 'DE' : row < 995 ? 'FR' : `rare ${row}`));
const columns: FeatureColumn[] = [
  { kind: 'numeric', name: 'balance', values: balance },
  { kind: 'categorical', name: 'country', values: country },
];
const encoder = fitEncoder(columns);
const names = designNames(encoder);

function named(rows: FeatureColumn[], row = 0): Record<string, number> {
  const { design } = encodeRows(encoder, rows);
  const found: Record<string, number> = {};
  for (let at = design.offsets[row] ?? 0; at < (design.offsets[row + 1] ?? 0); at += 1) {
    found[names[design.indices[at] ?? 0] ?? ''] = design.values[at] ?? 0;
  }
  return found;
}

const customer = (value: number, level: string | null): FeatureColumn[] => [
  { kind: 'numeric', name: 'balance', values: Float64Array.from([value]) },
  { kind: 'categorical', name: 'country', values: [level] },
];

describe('the encoder', () => {
  it('has a column for each thing that can matter, and a name for each column', () => {
    expect(names).toHaveLength(encoder.means.length);
    const wanted = ['(constant)', 'balance', 'balance = 0', 'balance blank', 'country = DE', 'country = (other)'];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });

  it('marks a value that many share, and a blank, which is not taken for 0', () => {
    expect(named(customer(0, 'DE'))).toMatchObject({ 'balance = 0': 1, 'country = DE': 1 });
    const blank = named(customer(Number.NaN, 'DE'));
    expect(blank).toMatchObject({ 'balance blank': 1 });
    expect(blank).not.toHaveProperty('balance = 0');
  });

  it('spreads a number over two neighbouring hats', () => {
    const near = Object.entries(named(customer(700, 'DE'))).filter(([name]) => name.startsWith('balance near'));
    expect(near).toHaveLength(2);
    expect(near.reduce((sum, [, part]) => sum + part, 0)).toBeCloseTo(1, 12);
  });

  it('pools rare levels, unseen ones and blanks; without a pool they count as the average', () => {
    for (const level of ['rare 997', 'unseen', null]) {
      expect(named(customer(1, level))).toMatchObject({ 'country = (other)': 1 });
    }
    const plain: FeatureColumn[] = [
      { kind: 'categorical', name: 'plan', values: Array.from({ length: 100 }, (_, i) => (i < 70 ? 'a' : 'b')) },
    ];
    const { design, bins } = encodeRows(fitEncoder(plain), [{ kind: 'categorical', name: 'plan', values: ['new'] }]);
    expect([...design.values].map((value) => value.toFixed(6))).toEqual(['1.000000', '0.700000', '0.300000']);
    expect([...(bins[0] ?? [])]).toEqual([UNKNOWN_BIN]);
  });

  it('bins rise with the value and hold about equally many rows', () => {
    const values = Float64Array.from({ length: 5000 }, () => random.normal());
    const encoding = fitNumeric('x', values);
    const bins = Array.from(values.toSorted(), (value) => numericBin(encoding, value));
    expect(bins.toSorted((a, b) => a - b)).toEqual(bins);
    const sizes = new Map<number, number>();
    for (const bin of bins) sizes.set(bin, (sizes.get(bin) ?? 0) + 1);
    expect(Math.max(...sizes.values())).toBeLessThan(2 * Math.min(...sizes.values()));
    expect(Math.max(...bins)).toBe(binCount(encoding) - 1);
    expect([NaN, -1e9, 1e9].map((value) => numericBin(encoding, value))).toEqual([0, 1, binCount(encoding) - 1]);
  });

  it('refuses an infinite number, unequal lengths, no rows and no features', () => {
    expect(() => fitEncoder(customer(Infinity, 'DE'))).toThrow('is infinite in row 0');
    const unequal: FeatureColumn[] = [...columns, { kind: 'categorical', name: 'x', values: [] }];
    expect(() => fitEncoder(unequal)).toThrow('0 values for 1000 rows');
    expect(() => fitEncoder([])).toThrow(expect.objectContaining({ code: 'NO_FEATURES' }));
    expect(() => fitEncoder([{ kind: 'categorical', name: 'x', values: [] }])).toThrow(
      expect.objectContaining({ code: 'EMPTY_TABLE' }),
    );
  });
});
