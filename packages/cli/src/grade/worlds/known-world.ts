import type { CustomerValues, PurchaseHistories } from '@ebb/customer-models';
import { atLeast, atMost, decimal, type Figure, judged, type Section, signedPercent, told } from '../figure.ts';
import type { LineChart } from '../line-chart.ts';
import { aggregateError, aucOf, meanAbsoluteError, meansByScore } from '../scores.ts';
import { foretell, type HalfYear, halfYearAfter, modelsOfTruth } from './half-year.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const AUC_SLACK = 0.02;
const ERROR_SLACK = 1.05;

interface Foretold {
  readonly halfYear: HalfYear;
  readonly fitted: CustomerValues;
  readonly truth: CustomerValues;
  readonly isAlive: (row: number) => boolean;
}

/** Fitted models against models with the parameters the world has in truth: what is lost by having to estimate them. */
export function gradeKnownWorld(
  world: SimulatedWorld,
  { calibrationEndDay, leastCustomers }: { calibrationEndDay: number; leastCustomers: number },
): Section {
  const halfYear = halfYearAfter(world.purchases, calibrationEndDay);
  const { histories } = halfYear;
  const foretold = {
    halfYear,
    fitted: foretell(histories, halfYear.models),
    truth: foretell(histories, modelsOfTruth(halfYear, world.parameters)),
    isAlive: aliveAfter(world, histories),
  };
  return {
    title: 'Simulated shop, as the models assume it',
    remarks: [
      '`ebb simulate purchases --world bgnbd`; customers are followed since their sign-up. The true parameters know what no observer can; nothing foretells better than they do.',
    ],
    figures: [
      atLeast('customers', histories.customers.length, leastCustomers, decimal(0)),
      ...accuracyFigures(foretold),
      checkFigure(halfYear),
      ...parameterFigures(halfYear, world),
    ],
    charts: chartsOf(foretold),
  };
}

/** By row of the histories: whether the customer was one still when the calibration ended. */
export function aliveAfter(
  { aliveUntilDay }: SimulatedWorld,
  { customers, calibrationEndDay }: PurchaseHistories,
): (row: number) => boolean {
  return (row) => (aliveUntilDay.get(customers[row] ?? '') ?? 0) > calibrationEndDay;
}

function accuracyFigures({ halfYear, fitted, truth, isAlive }: Foretold): Figure[] {
  const bought = halfYear.histories.holdoutRepeats;
  const [auc, bestAuc] = [fitted, truth].map((one) => aucOf(one.probabilityAlive, isAlive)) as [number, number];
  const purchaseError = meanAbsoluteError(fitted.expectedPurchases, bought);
  const leastPurchaseError = meanAbsoluteError(truth.expectedPurchases, bought);
  const valueError = meanAbsoluteError(fitted.value, halfYear.spent);
  const leastValueError = meanAbsoluteError(truth.value, halfYear.spent);
  return [
    told('AUC of P(alive), true parameters', bestAuc.toFixed(4)),
    atLeast('AUC of P(alive), fitted', auc, bestAuc - AUC_SLACK),
    told('purchases in 6 months, mean absolute error, true parameters', leastPurchaseError.toFixed(4)),
    atMost('purchases in 6 months, mean absolute error, fitted', purchaseError, leastPurchaseError * ERROR_SLACK),
    told('CLV of 6 months, mean absolute error, true parameters', leastValueError.toFixed(2)),
    atMost('CLV of 6 months, mean absolute error, fitted', valueError, leastValueError * ERROR_SLACK, decimal(2)),
    told('purchases in 6 months, all customers', signedPercent(aggregateError(fitted.expectedPurchases, bought))),
    told('CLV of 6 months, all customers', signedPercent(aggregateError(fitted.value, halfYear.spent))),
  ];
}

function checkFigure({ check }: HalfYear): Figure {
  const value = check.isPoor ? `poor: ${check.findings.join('; ')}` : 'nothing found against it';
  return judged('check of the fit', value, 'nothing found against it', !check.isPoor);
}

function parameterFigures({ histories, models }: HalfYear, { parameters }: SimulatedWorld): Figure[] {
  const { r, alpha, a, b } = parameters.purchases;
  const truth: Readonly<Record<string, number>> = { r, alpha: alpha / histories.unitDays, a, b, ...parameters.spend };
  const estimates = { ...models.purchases.estimates, ...models.spend.estimates };
  return Object.entries(estimates).map(([name, { value, low, high }]) =>
    told(
      `parameter ${name}`,
      `${value.toFixed(3)} (90 %: ${low.toFixed(3)} to ${high.toFixed(3)}), in truth ${(truth[name] ?? Number.NaN).toFixed(3)}`,
    ),
  );
}

function chartsOf({ halfYear, fitted, isAlive }: Foretold): LineChart[] {
  const alive = Float64Array.from(halfYear.histories.customers, (_, row) => (isAlive(row) ? 1 : 0));
  return [
    promiseChart('Simulated shop: P(alive) by tenth of the customers', 'still a customer', {
      expected: fitted.probabilityAlive,
      actual: alive,
    }),
    promiseChart('Simulated shop: purchases in 6 months by tenth', 'purchases', {
      expected: fitted.expectedPurchases,
      actual: halfYear.histories.holdoutRepeats,
    }),
  ];
}

/** What was promised and what came, by tenth of the customers. */
export function promiseChart(
  title: string,
  yLabel: string,
  { expected, actual }: { expected: Float64Array; actual: Float64Array },
): LineChart {
  const groups = meansByScore(expected, actual);
  const points = (of: 'expected' | 'actual') => groups.map((group, index) => [index + 1, group[of]] as const);
  return {
    title,
    xLabel: 'tenth of the customers, by rising score',
    yLabel,
    series: [
      { name: 'came', points: points('actual') },
      { name: 'promised', points: points('expected'), isDashed: true },
    ],
  };
}
