import { type CustomerValues, purchaseHistories } from '@ebb/customer-models';
import { atLeast, atMost, type Figure, judged, type Section, signedPercent, told } from '../figure.ts';
import { aggregateError, aucOf, meanAbsoluteError, topDecileLift } from '../scores.ts';
import { foretell, HALF_YEAR_DAYS, type HalfYear, halfYearAfter } from './half-year.ts';
import { aliveAfter, promiseChart } from './known-world.ts';
import { recencyFrequencyForecast, recencyOf } from './recency-frequency.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/**
 * A world of seasons, lifetimes that end whatever is bought, and spend that goes with frequency: are the models still worth
 * more than a table of recency and frequency, and do they say that they fit badly? Told by the orders alone, as a shop
 * without sign-ups is.
 */
export function gradeOtherWorld(world: SimulatedWorld, calibrationEndDay: number): Section {
  const orders = world.purchases.filter(({ amount }) => amount > 0n);
  const halfYear = halfYearAfter(orders, calibrationEndDay);
  const { histories, check } = halfYear;
  const values = foretell(histories, halfYear.models);
  const before = purchaseHistories(orders, {
    calibrationEndDay: calibrationEndDay - HALF_YEAR_DAYS,
    holdoutEndDay: calibrationEndDay,
  });
  const baseline = recencyFrequencyForecast(before, histories);
  return {
    title: 'Simulated shop, not as the models assume it',
    remarks: [
      '`ebb simulate purchases --world seasonal`. The baseline puts customers into 5 × 5 cells of recency and frequency and foretells each what its cell did half a year earlier.',
      ...check.findings.map((finding) => `Said of the fit: ${finding}.`),
    ],
    figures: [
      judged('the report calls the fit poor', check.isPoor ? 'yes' : 'no', 'yes', check.isPoor),
      told('customers', String(histories.customers.length)),
      told('model', halfYear.models.purchases.parameters.variant ?? 'BG/NBD'),
      ...rankingFigures(halfYear, { values, baseline, isAlive: aliveAfter(world, histories) }),
      ...countFigures(halfYear, { values, baseline }),
    ],
    charts: [
      promiseChart('Shop of another kind: purchases in 6 months by tenth', 'purchases', {
        expected: values.expectedPurchases,
        actual: histories.holdoutRepeats,
      }),
    ],
  };
}

function rankingFigures(
  { histories }: HalfYear,
  { values, baseline, isAlive }: { values: CustomerValues; baseline: Float64Array; isAlive: (row: number) => boolean },
): Figure[] {
  const buysAgain = (row: number): boolean => (histories.holdoutRepeats[row] ?? 0) > 0;
  const recency = recencyOf(histories).map((time) => -time);
  const rows = [
    ['who is a customer still, AUC of P(alive)', values.probabilityAlive, isAlive],
    ['who buys again, AUC of expected purchases', values.expectedPurchases, buysAgain],
  ] as const;
  return [
    ...rows.flatMap(([name, scores, isTrue]) => [
      told(
        `${name}: baseline; recency alone`,
        `${aucOf(baseline, isTrue).toFixed(4)}; ${aucOf(recency, isTrue).toFixed(4)}`,
      ),
      atLeast(name, aucOf(scores, isTrue), aucOf(baseline, isTrue)),
    ]),
    told('who buys again, lift of the top tenth: baseline', topDecileLift(baseline, buysAgain).toFixed(3)),
    told('who buys again, lift of the top tenth', topDecileLift(values.expectedPurchases, buysAgain).toFixed(3)),
  ];
}

function countFigures(
  { histories }: HalfYear,
  { values, baseline }: { values: CustomerValues; baseline: Float64Array },
): Figure[] {
  const bought = histories.holdoutRepeats;
  const expected = values.expectedPurchases;
  return [
    told('purchases in 6 months, all customers: baseline', signedPercent(aggregateError(baseline, bought))),
    told('purchases in 6 months, all customers', signedPercent(aggregateError(expected, bought))),
    atMost(
      'purchases in 6 months, mean absolute error',
      meanAbsoluteError(expected, bought),
      meanAbsoluteError(baseline, bought),
    ),
  ];
}
