import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMoney } from '@ebb/core';
import { CDNOW_FIXTURE } from '@ebb/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTable } from '../tables/read-table.ts';
import { parseAmount, parseDay, parseQuantity } from './cells.ts';
import { clvReport } from './clv-report.ts';
import { formatClv } from './format-clv.ts';
import { purchasesOf, readPurchases } from './read-purchases.ts';

const OPTIONS = {
  calibrationEndDay: parseDay('1997-09-30', 'test'),
  unitDays: 7,
  horizonDays: 365,
  annualDiscount: 0.1,
  margin: 1,
};

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ebb-clv-'));
});
afterAll(async () => rm(directory, { recursive: true }));

describe('ebb clv fit', () => {
  it('finds the published models in the CDNOW file', async () => {
    const book = await readPurchases(CDNOW_FIXTURE.path, { format: 'cdnow' });
    const report = clvReport(book, OPTIONS);
    expect(report).toMatchObject({ rows: 6_919, customers: 2_357, calibrationEnd: '1997-09-30' });
    expect(report.purchases.estimates.r.value).toBeCloseTo(0.243, 3);
    expect(report.purchases.logLikelihood).toBeCloseTo(-9582.43, 1);
    expect(report.spend.parameters?.q).toBeCloseTo(3.74, 2);
    expect(report.fit.isPoor).toBe(false);
    expect(report.holdout).toMatchObject({ actual: 1_882 });
    expect(report.scores).toHaveLength(2_357);
    expect(report.scores[0]).toMatchObject({
      customer: '00004',
      repeats: 2,
      daysToLastPurchase: 213,
      daysObserved: 272,
    });
    const text = formatClv(report);
    expect(text).toContain('purchases, BG/NBD: converged, log-likelihood -9582.43');
    expect(text).toContain('6: 29/26  7+: 64/72 (chi-square 4.82, 3 df)');
    expect(text).toContain('1882 came');
    expect(text).toContain('the fit is fair');
  });

  it('finds the same in a table of the same purchases', async () => {
    const { purchases } = await readPurchases(CDNOW_FIXTURE.path, { format: 'cdnow' });
    const lines = purchases.map(
      ({ customer, day, amount }) =>
        `${customer},${new Date(day * 86_400_000).toISOString().slice(0, 19)},${Number(amount) / 10_000}`,
    );
    const path = join(directory, 'cdnow.csv');
    await writeFile(path, `who,when,paid\n${lines.join('\n')}\n`);
    const book = await readPurchases(path, { format: 'csv', customer: 'who', date: 'when', amount: 'paid' });
    expect(book.purchases).toEqual(purchases);
  });

  it('says what it left out, and that a shop without regulars has no model', () => {
    const table = parseTable(Buffer.from('c,d,a\nx,2020-01-01,5\n,2020-01-02,5\ny,2020-01-03,7\n'), 'shop.csv');
    const book = purchasesOf(table, { customer: 'c', date: 'd', amount: 'a' }, 'shop.csv');
    expect(book).toMatchObject({ rows: 3, rowsWithoutCustomer: 1 });
    const options = { ...OPTIONS, calibrationEndDay: parseDay('2020-02-01', 'test') };
    expect(() => clvReport(book, options)).toThrow(/0 of 2 customers bought again/);
  });
});

describe('the columns', () => {
  const table = parseTable(Buffer.from('c,d,price,n\nx,2020-01-01,1.255,-3\n,,,\nx,soon,1,1\n'), 'shop.csv');
  const columns = { customer: 'c', date: 'd', amount: 'price', quantity: 'n' };

  it('multiply price and pieces exactly', () => {
    const [first] = purchasesOf({ ...table, rows: table.rows.slice(0, 1) }, columns, 'shop.csv').purchases;
    expect(first).toEqual({ customer: 'x', day: 18_262, amount: parseMoney('-3.765') });
  });

  it('are named with the line where they cannot be read', () => {
    expect(() => purchasesOf(table, columns, 'shop.csv')).toThrow('shop.csv, line 4: "soon" is no day');
    expect(() => purchasesOf(table, { ...columns, date: 'when' }, 'shop.csv')).toThrow(
      'no column "when" (--date); there are c, d, price, n',
    );
    expect(() => purchasesOf(table, { customer: 'c', date: 'd' }, 'shop.csv')).toThrow('--amount COL is missing');
    const nobody = { ...table, rows: table.rows.slice(1, 2) };
    expect(() => purchasesOf(nobody, columns, 'shop.csv')).toThrow(/no row names a customer/);
  });
});

describe('the cells', () => {
  it.each(['2010-12-31', '20101231', '2010-12-31 23:59:59', '2010-12-31T23:59:59+14:00', ' 2010-12-31 '])(
    'take %j for the day it says',
    (text) => expect(parseDay(text, 'x')).toBe(14_974),
  );

  it.each(['31/12/2010', '2010-02-30', '2010-13-01', '2010-1-1', '', '2010-12-31x'])('refuse %j for a day', (text) => {
    expect(() => parseDay(text, 'shop.csv, line 7')).toThrow(/^shop.csv, line 7: .* is no day/);
  });

  it.each([
    ['12.5', '12.5'],
    ['-0.125', '-0.125'],
    [' 7 ', '7'],
    ['29.330000000000002', '29.33'],
    ['1e2', '100'],
    ['.5', '0.5'],
  ])('take %j for the amount %s', (text, amount) => expect(parseAmount(text, 'x')).toBe(parseMoney(amount)));

  it.each(['', '12,50', '$5', 'NaN', 'Infinity', '1e300', '0x10'])('refuse %j for an amount', (text) => {
    expect(() => parseAmount(text, 'line 3')).toThrow(/^line 3: .* is no amount/);
  });

  it('take whole numbers of pieces alone', () => {
    expect(parseQuantity('-12', 'x')).toBe(-12);
    expect(() => parseQuantity('1.5', 'x')).toThrow(/no whole number/);
    expect(() => parseQuantity('', 'x')).toThrow(/no whole number/);
  });
});
