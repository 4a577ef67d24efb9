import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { parseTable } from '../tables/read-table.ts';
import { formatSegments } from './format-segments.ts';
import { readRfm } from './read-rfm.ts';
import { segmentReport } from './segment-report.ts';

const COLUMNS = { customer: 'id', recency: 'days', frequency: 'orders', monetary: 'spent' };
const HEADER = 'spent,id,days,orders,country';

const read = (lines: readonly string[], columns = COLUMNS) =>
  readRfm(parseTable(Buffer.from([HEADER, ...lines].join('\n')), 'shop.csv'), 'shop.csv', columns);

/** Three kinds of customers, and one who spends a hundred times as much. */
function shop(): string[] {
  const random = new SeededRandom('shop');
  const kinds = [
    { spent: 900, days: 10, orders: 9, count: 30 },
    { spent: 700, days: 40, orders: 5, count: 40 },
    { spent: 60, days: 300, orders: 1, count: 80 },
  ];
  const lines = kinds.flatMap(({ spent, days, orders, count }, kind) =>
    Array.from({ length: count }, (_, at) => {
      const amount = (spent * (0.9 + 0.2 * random.float())).toFixed(2);
      return `${amount},k${kind}-${at},${days + random.int(9)},${orders + random.int(2)},EIRE`;
    }),
  );
  return [...lines, '90000.00,whale,3,9,EIRE'];
}

describe('segments of a file', () => {
  const report = segmentReport(read(shop()), { maxK: 6, seed: '42' });

  it('are found, named and counted', () => {
    expect(report).toMatchObject({ customers: 151, k: 3, isConverged: true, warnings: [] });
    expect(report.outliers).toMatchObject({ monetaryOnly: 1, frequencyOnly: 0, both: 0, none: 150 });
    expect(report.kTable.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6]);
    expect(report.clusters.map(({ cluster, name, customers }) => [cluster, name, customers])).toEqual([
      [0, 'Super VIP Champions', 30],
      [1, 'Super VIP Champions', 40],
      [2, 'Hibernating', 80],
      [-1, 'Super VIP Champions', 1],
    ]);
    expect(report.segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(151);
  });

  it('of every customer and all parameters are in the JSON', () => {
    const json = JSON.parse(JSON.stringify(report)) as typeof report;
    expect(json).toEqual(report);
    expect(json.assignments).toHaveLength(151);
    expect(json.assignments.at(-1)).toEqual({
      customer: 'whale',
      cluster: -1,
      name: 'Super VIP Champions',
      segment: 'High Value - Active & Engaged',
    });
    expect(json.parameters).toMatchObject({ features: ['monetary', 'frequency', 'recency'], nInit: 10, seed: '42' });
    expect(new Set(json.parameters.centroids.map(({ cluster }) => cluster))).toEqual(new Set([0, 1, 2]));
  });

  it('do not depend on the order of its lines', () => {
    expect(segmentReport(read(shop().toReversed()), { maxK: 6, seed: '42' })).toEqual(report);
  });

  it('are told to people with what to do', () => {
    const text = formatSegments(report);
    expect(text).toMatch(/^151 customers who spent /);
    expect(text).toMatch(/\n3 \* /);
    expect(text).toMatch(/Hibernating {2,}80 {2,}53\.0 /);
    expect(text).toMatch(/Super VIP Champions #0 {2,}30 .*\n.*Super VIP Champions #1 {2,}40 /);
    expect(text).toMatch(/-1 {2,}Super VIP Champions \(outliers in value\) {2,}1 /);
    expect(text).toMatch(/What to do:\n {2}Super VIP Champions {2,}Give each of them/);
  });
});

describe('a file', () => {
  it('may write figures in any notation, exact up to four decimals', () => {
    const table = read(['1e3,a,.5,1,', '12.34567,b,+2.,3,', '9999999999.9999,c,1,1,']);
    expect([...table.monetary]).toEqual([10_000_000n, 123_457n, 99_999_999_999_999n]);
    expect([...table.recencyDays]).toEqual([0.5, 2, 1]);
  });

  it.each([
    [['5,a,1,1,', '5,b,,1,'], /line 3, days: "" is not a number/],
    [['5 EUR,a,1,1,'], /line 2, spent: "5 EUR" is not a number/],
    [['5,a,NaN,1,'], /days: "NaN"/],
    [['1e20,a,1,1,'], /line 2, spent: "1e20"/],
    [['5, ,1,1,'], /line 2 names no customer/],
    [['5,a,1,1,', '6,a,1,1,'], /customer "a" is there twice/],
    [['5,a,-1,1,'], /recency -1/],
  ])('that says %j is refused by its line', (lines, message) => {
    expect(() => read(lines)).toThrow(message);
  });

  it('must have the columns that are named', () => {
    expect(() => read(['5,a,1,1,'], { ...COLUMNS, monetary: 'Spent' })).toThrow(
      /no column "Spent"; it has spent, id, days, orders, country/,
    );
  });

  it('with too few customers is refused with what to do', () => {
    expect(() => segmentReport(read(['5,a,1,1,', '6,b,2,2,']), { maxK: 12, seed: '1' })).toThrow(/up to 12 clusters/);
  });
});
