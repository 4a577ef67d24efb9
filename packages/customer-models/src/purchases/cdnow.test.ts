import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CDNOW_FIXTURE } from '@ebb/datasets';
import { describe, expect, it } from 'vitest';
import { fitBgNbd } from './bg-nbd.ts';
import { expectedPurchases } from './bg-nbd-predictions.ts';
import { parseCdnow } from './cdnow-format.ts';
import { checkFit } from './fit-check.ts';
import { fitGammaGamma } from './gamma-gamma.ts';
import { purchaseHistories } from './purchase-histories.ts';

const text = gunzipSync(readFileSync(CDNOW_FIXTURE.path)).toString();
const histories = purchaseHistories(parseCdnow(text), { calibrationEndDay: Date.parse('1997-09-30') / 86_400_000 });
const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0);

/** The published results (Fader, Hardie & Lee 2005; Fader & Hardie 2013). */
describe('the CDNOW sample', () => {
  it('is summarized as published', () => {
    expect(histories.customers).toHaveLength(2_357);
    expect(histories.repeats.filter((x) => x === 0)).toHaveLength(1_411);
    expect([sum(histories.repeats), sum(histories.holdoutRepeats)]).toEqual([2_457, 1_882]);
    const buyers = histories.meanSpend.filter((_, i) => (histories.repeats[i] as number) > 0);
    expect(sum(buyers) / buyers.length).toBeCloseTo(35.078, 3);
  });

  it('has the published BG/NBD', () => {
    const { status, parameters, logLikelihood } = fitBgNbd(histories);
    expect(status).toBe('converged');
    expect(parameters.r).toBeCloseTo(0.243, 3);
    expect(parameters.alpha).toBeCloseTo(4.414, 3);
    expect(parameters.a).toBeCloseTo(0.793, 3);
    expect(parameters.b).toBeCloseTo(2.426, 3);
    expect(Math.abs(logLikelihood - -9582.43)).toBeLessThan(0.01);
    const first = { repeats: 2, lastPurchase: 213 / 7, observed: 272 / 7 };
    expect(expectedPurchases(parameters, first, 39)).toBeCloseTo(1.226, 3);
  });

  it('has the published Gamma-Gamma', () => {
    const { status, parameters, customers } = fitGammaGamma(histories);
    expect([status, customers]).toEqual(['converged', 946]);
    expect(parameters?.p).toBeCloseTo(6.25, 2);
    expect(parameters?.q).toBeCloseTo(3.74, 2);
    expect(parameters?.gamma).toBeCloseTo(15.44, 2);
  });

  it('is fitted well: chi-square 4.82 of 3 degrees, as published', () => {
    const check = checkFit(histories, { purchases: fitBgNbd(histories), spend: fitGammaGamma(histories) });
    expect(check.histogram.chiSquare).toBeCloseTo(4.82, 2);
    expect(check.histogram.degrees).toBe(3);
    expect(check.histogram.bins.reduce((total, bin) => total + bin.expected, 0)).toBeCloseTo(2_357, 6);
    expect(check.findings).toEqual([]);
    expect(check.holdout).toMatchObject({ days: 273, actual: 1_882 });
  });
});

describe('the format of the CDNOW sample', () => {
  it('takes a tab for a space', () => {
    expect([...parseCdnow('00004 0001\t19970101  2   29.33\r\n\n')]).toEqual([
      { customer: '00004', day: 9862, amount: 293_300n },
    ]);
  });

  it.each(['00004 0001 19970101 2', '00004 0001 19970230 2 29.33', 'a 0001 19970101 2 29.33'])('refuses %j', (row) => {
    expect(() => [...parseCdnow(`00004 0001 19970101 2 29.33\n${row}`)]).toThrow(/^line 2 is no CDNOW row/);
  });
});
