import { isEbbError } from '@ebb/core';
import {
  type BgNbdParameters,
  dayText,
  expectedPurchases,
  type FeatureColumn,
  fitLikelierBgNbd,
  type History,
  probabilityAlive,
} from '@ebb/customer-models';
import { WorkerError } from '../errors.ts';
import type { PurchaseColumns } from '../features/purchase-source.ts';
import { type Life, lifeUntil, livesOf, ORDER_FEATURES, orderFeatures } from './order-features.ts';
import { type LabelledSnapshots, numericColumn, type Snapshots, type TimedSnapshots } from './snapshots.ts';

export const SILENCE = 'days_since_last_purchase';
export const ALIVE = 'probability_alive';
const EXPECTED = 'expected_purchases';
const DAYS_PER_UNIT = 7;

/**
 * The customers of a shop at three days: everybody who had bought by then, whether they bought again within the horizon,
 * and features of nothing but the purchases until then; P(alive) and expected purchases by a (M)BG/NBD that saw no others.
 * Raises NO_FEATURES where the orders do not reach back so far.
 */
export function orderSnapshots(purchases: PurchaseColumns, asOfDay: number, horizonDays: number): TimedSnapshots {
  const lives = livesOf(purchases);
  const [trainingDay, testDay] = [asOfDay - 2 * horizonDays, asOfDay - horizonDays];
  const begin = lives.reduce((least, { days }) => Math.min(least, days[0] ?? Infinity), Infinity);
  if (begin > trainingDay) {
    throw new WorkerError(
      'NO_FEATURES',
      `nobody had bought by ${dayText(trainingDay)}, two horizons of ${horizonDays} days before ${dayText(asOfDay)} ` +
        `(${lives.length === 0 ? 'there are no purchases' : `the orders begin on ${dayText(begin)}`}): ask for a shorter horizon_days`,
    );
  }
  return {
    horizonDays,
    training: labelled(lives, trainingDay, horizonDays),
    test: labelled(lives, testDay, horizonDays),
    present: snapshotsAt(lives, asOfDay, horizonDays),
  };
}

function labelled(lives: readonly Life[], day: number, horizonDays: number): LabelledSnapshots {
  const until = day + horizonDays;
  const labels = Uint8Array.from(boughtBy(lives, day), ({ days }) =>
    days.some((bought) => bought > day && bought <= until) ? 0 : 1,
  );
  return { ...snapshotsAt(lives, day, horizonDays), labels };
}

function snapshotsAt(all: readonly Life[], day: number, horizonDays: number): Snapshots {
  const lives = boughtBy(all, day);
  const rows = lives.map((life) => orderFeatures(life, day));
  const columns = ORDER_FEATURES.map((name, index) =>
    numericColumn(
      name,
      Float64Array.from(rows, (row) => row[index] ?? Number.NaN),
    ),
  );
  return {
    day,
    customers: lives.map(({ customer }) => customer),
    features: [...columns, ...aliveColumns(lives, day, horizonDays)],
  };
}

function boughtBy(lives: readonly Life[], day: number): Life[] {
  return lives.filter(({ days }) => (days[0] ?? Infinity) <= day);
}

/** None where too few came back for the model to know anything. */
function aliveColumns(all: readonly Life[], day: number, horizonDays: number): FeatureColumn[] {
  const histories = all.map((life) => {
    const { days } = lifeUntil(life, day);
    const [first = day, last = day] = [days[0], days.at(-1)];
    const [lastPurchase, observed] = [(last - first) / DAYS_PER_UNIT, (day - first) / DAYS_PER_UNIT];
    return { repeats: days.length - 1, lastPurchase, observed };
  });
  const parameters = fitOf(histories);
  if (parameters === null) return [];
  const horizon = horizonDays / DAYS_PER_UNIT;
  return [
    numericColumn(
      ALIVE,
      Float64Array.from(histories, (history) => probabilityAlive(parameters, history)),
    ),
    numericColumn(
      EXPECTED,
      Float64Array.from(histories, (history) => expectedPurchases(parameters, history, horizon)),
    ),
  ];
}

function fitOf(histories: readonly History[]): BgNbdParameters | null {
  try {
    return fitLikelierBgNbd({
      repeats: histories.map(({ repeats }) => repeats),
      lastPurchase: histories.map(({ lastPurchase }) => lastPurchase),
      observed: histories.map(({ observed }) => observed),
    }).parameters;
  } catch (error) {
    if (isEbbError(error, 'TOO_FEW_REPEAT_BUYERS') || isEbbError(error, 'NOT_NUMERIC')) return null;
    throw error;
  }
}
