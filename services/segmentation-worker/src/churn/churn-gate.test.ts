import { SeededRandom } from '@ebb/core';
import { scoreReport } from '@ebb/customer-models';
import { describe, expect, it } from 'vitest';
import type { BackTest } from './back-test.ts';
import { churnHeldReasons } from './churn-gate.ts';
import type { ChurnRun } from './fit-churn.ts';

/** Customers who churn as often as `truth` makes of their score. */
function backTestOf(count: number, truth: (score: number) => number): BackTest {
  const random = new SeededRandom('gate');
  const scores = Float64Array.from({ length: count }, () => random.float());
  const labels = Uint8Array.from(scores, (score) => (random.float() < truth(score) ? 1 : 0));
  const heldOut = { scores, labels };
  const churned = labels.reduce((sum, label) => sum + label, 0);
  return { by: 'time', training: { rows: count, churned }, report: scoreReport(heldOut), heldOut, baselines: {} };
}

const reasonsOf = (backTest: BackTest, published: Parameters<typeof churnHeldReasons>[2] = null, scores = [0.5]) =>
  churnHeldReasons({ backTest, probabilities: Float64Array.from(scores) } as ChurnRun, 90, published);
const good = backTestOf(2_000, (score) => score);

describe('churnHeldReasons', () => {
  it('lets a run pass that ranks and promises well', () => {
    expect(reasonsOf(good)).toEqual([]);
  });

  it.each([
    [backTestOf(120, (score) => score), 'too few to learn from: 120 customers of known outcome'],
    [backTestOf(2_000, (score) => score ** 8 / 10), 'of whom churned; at least 200, and 30'],
    [backTestOf(2_000, () => 0.5), 'ranking: ROC AUC'],
    [backTestOf(2_000, (score) => (score > 0.5 ? 1 : 0)), 'too good: ROC AUC 1.0000'],
    [backTestOf(2_000, (score) => score ** 3), 'calibration: promised and observed are'],
  ])('%#: holds a run back and says why', (backTest, reason) => {
    expect(reasonsOf(backTest).join('; ')).toContain(reason);
  });

  it('holds back a run that ranks worse than the published one by a margin, of the same horizon and kind of test', () => {
    const { rocAuc } = good.report;
    const published = { by: 'time', horizonDays: 90, rocAuc: rocAuc + 0.04 };
    expect(reasonsOf(good, published).join()).toMatch(/^worse than the published: ROC AUC/);
    expect(reasonsOf(good, { ...published, rocAuc: rocAuc + 0.02 })).toEqual([]);
    expect(reasonsOf(good, { ...published, horizonDays: 30 })).toEqual([]);
    expect(reasonsOf(good, { ...published, by: 'folds' })).toEqual([]);
  });

  it('holds back scores that are none', () => {
    expect(reasonsOf(good, null, [0.5, Number.NaN])).toEqual(['scores: NaN in row 2']);
  });
});
