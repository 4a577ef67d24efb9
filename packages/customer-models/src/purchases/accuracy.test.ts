import { SeededRandom } from '@ebb/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BgNbdParameters, fitBgNbd } from './bg-nbd.ts';
import { expectedPurchases, type History, probabilityAlive } from './bg-nbd-predictions.ts';
import { type LatentCustomer, simulateRows, type SimulatedRows } from './simulated/simulated-rows.ts';

const CUSTOMERS = 20_000;
const HALF_YEAR = 26;
const truth: BgNbdParameters = { r: 0.8, alpha: 6, a: 0.8, b: 4 };

/** What a customer goes on to buy, from what no model knows. */
function future(random: SeededRandom, { rate, dropOut, isAlive }: LatentCustomer): number {
  if (!isAlive) return 0;
  let purchases = 0;
  for (let time = random.exponential(rate); time <= HALF_YEAR; time += random.exponential(rate)) {
    purchases += 1;
    if (random.bool(dropOut)) break;
  }
  return purchases;
}

/** Area under the ROC curve by ranks, ties shared (Mann & Whitney 1947). */
function rocAuc(scores: readonly number[], labels: readonly boolean[]): number {
  const order = [...scores.keys()].toSorted((i, j) => (scores[i] as number) - (scores[j] as number));
  let [rankSum, positives] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to += 1;
    for (const i of order.slice(from, to)) {
      if (labels[i] !== true) continue;
      rankSum += (from + to + 1) / 2;
      positives += 1;
    }
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

describe('a fitted model against the true one', () => {
  let rows: SimulatedRows;
  let histories: History[];
  let fitted: BgNbdParameters;

  beforeAll(() => {
    rows = simulateRows(new SeededRandom('accuracy'), {
      customers: CUSTOMERS,
      purchases: truth,
      spend: { p: 6, q: 4, gamma: 15 },
      observed: [20, 60],
    });
    histories = Array.from(rows.repeats, (repeats, i) => ({
      repeats,
      lastPurchase: rows.lastPurchase[i] as number,
      observed: rows.observed[i] as number,
    }));
    fitted = fitBgNbd(rows).parameters;
  });

  it('tells who is active as well', () => {
    const auc = (parameters: BgNbdParameters): number =>
      rocAuc(
        histories.map((history) => probabilityAlive(parameters, history)),
        rows.truth.map(({ isAlive }) => isAlive),
      );
    expect(auc(truth)).toBeGreaterThan(0.8);
    expect(auc(fitted)).toBeGreaterThan(auc(truth) - 0.002);
  });

  it('foretells half a year as closely, and the sum of it', () => {
    const random = new SeededRandom('future');
    const actual = rows.truth.map((customer) => future(random, customer));
    const foretold = (parameters: BgNbdParameters): number[] =>
      histories.map((history) => expectedPurchases(parameters, history, HALF_YEAR));
    const meanError = (expected: readonly number[]): number =>
      expected.reduce((sum, value, i) => sum + Math.abs(value - (actual[i] as number)), 0) / CUSTOMERS;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const [known, guessed] = [foretold(truth), foretold(fitted)];
    expect(meanError(guessed)).toBeLessThan(meanError(known) * 1.02);
    expect(Math.abs(sum(guessed) / sum(actual) - 1)).toBeLessThan(0.04);
  });
});
