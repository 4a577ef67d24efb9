import {
  type BgNbdParameters,
  checkFit,
  expectedPurchases,
  type FitCheck,
  fitGammaGamma,
  fitLikelierBgNbd,
  type Purchase,
  purchaseHistories,
  type PurchaseHistories,
} from '@ebb/customer-models';
import { parseDay } from '../../clv/cells.ts';
import { atLeast, decimal, type Figure, type Section, shareWithin, signedPercent, told } from '../figure.ts';
import { topDecileLift } from '../scores.ts';
import { recencyOf } from '../worlds/recency-frequency.ts';
import { trackingChart } from './tracking-chart.ts';

export interface Cut {
  readonly calibrationEnd: string;
  readonly holdoutEnd: string;
  /** What time of the year the hold-out is. */
  readonly season: string;
  /** Whether the sum of its purchases must be met. The models know no seasons: at other cuts it is told. */
  readonly isAimed: boolean;
  readonly needsYear2: boolean;
}

const AGGREGATE_SLACK = 0.1;

/** Cuts of the two years; those of half a year each begin and end in every season. */
export const RETAIL_CUTS: readonly Cut[] = [
  {
    calibrationEnd: '2010-06-30',
    holdoutEnd: '2010-12-09',
    season: 'summer to the Christmas peak',
    isAimed: true,
    needsYear2: false,
  },
  {
    calibrationEnd: '2010-03-31',
    holdoutEnd: '2010-09-30',
    season: 'spring and summer',
    isAimed: false,
    needsYear2: false,
  },
  {
    calibrationEnd: '2010-09-30',
    holdoutEnd: '2011-03-31',
    season: 'the Christmas peak and the quiet after it',
    isAimed: false,
    needsYear2: true,
  },
  {
    calibrationEnd: '2010-12-09',
    holdoutEnd: '2011-06-09',
    season: 'right after the Christmas peak',
    isAimed: false,
    needsYear2: true,
  },
  {
    calibrationEnd: '2011-03-31',
    holdoutEnd: '2011-09-30',
    season: 'spring and summer',
    isAimed: false,
    needsYear2: true,
  },
  {
    calibrationEnd: '2011-06-09',
    holdoutEnd: '2011-12-09',
    season: 'summer to the Christmas peak',
    isAimed: true,
    needsYear2: true,
  },
];

/** What is foretold of a real shop at several times, and what came. */
export function gradeRetail(purchases: readonly Purchase[], hasYear2: boolean): Section {
  const graded = RETAIL_CUTS.map((cut) => (cut.needsYear2 && !hasYear2 ? notGraded(cut) : gradeCut(purchases, cut)));
  return {
    title: 'Online Retail II',
    remarks: [
      'Purchases of known customers; what follows each cut is foretold from what lies before it. The models know no seasons: a hold-out that begins in the peak before Christmas is foretold too high.',
      ...graded.flatMap(({ remarks }) => remarks),
    ],
    figures: graded.flatMap(({ figures }) => figures),
    charts: graded.flatMap(({ charts }) => charts),
  };
}

type GradedCut = Pick<Section, 'remarks' | 'figures' | 'charts'>;

function notGraded(cut: Cut): GradedCut {
  return {
    remarks: [],
    figures: [told(nameOf(cut), 'not graded: it needs the second year, --retail-year-2 FILE')],
    charts: [],
  };
}

function gradeCut(purchases: readonly Purchase[], cut: Cut): GradedCut {
  const histories = purchaseHistories(purchases, {
    calibrationEndDay: parseDay(cut.calibrationEnd, 'cut'),
    holdoutEndDay: parseDay(cut.holdoutEnd, 'cut'),
  });
  const models = { purchases: fitLikelierBgNbd(histories), spend: fitGammaGamma(histories) };
  const check = checkFit(histories, models);
  return {
    remarks: check.findings.map((finding) => `${cut.calibrationEnd}: ${finding}.`),
    figures: [aggregateFigure(cut, check), liftFigure(cut, histories, models.purchases.parameters)],
    charts: cut.isAimed
      ? [trackingChart(`Online Retail II to ${cut.holdoutEnd}: repeat purchases by week`, check.tracking)]
      : [],
  };
}

/** Purchases of those who had bought before the cut. */
function aggregateFigure(cut: Cut, { holdout }: FitCheck): Figure {
  const name = `${nameOf(cut)}: purchases`;
  const error = holdout?.error ?? Number.NaN;
  const counts = `${(holdout?.expected ?? Number.NaN).toFixed(0)} foretold, ${holdout?.actual} came`;
  return cut.isAimed
    ? shareWithin(`${name} (${counts})`, error, AGGREGATE_SLACK)
    : told(name, `${signedPercent(error)} (${counts})`);
}

function liftFigure(cut: Cut, histories: PurchaseHistories, parameters: BgNbdParameters): Figure {
  const weeks = (histories.holdoutEndDay - histories.calibrationEndDay) / histories.unitDays;
  const { repeats, lastPurchase, observed, holdoutRepeats } = histories;
  const expected = repeats.map((x, row) =>
    expectedPurchases(
      parameters,
      { repeats: x, lastPurchase: lastPurchase[row] as number, observed: observed[row] as number },
      weeks,
    ),
  );
  const buys = (row: number): boolean => (holdoutRepeats[row] ?? 0) > 0;
  const recency = recencyOf(histories).map((time) => -time);
  const name = `${nameOf(cut)}: lift of the top tenth; aim: by recency alone`;
  return atLeast(name, topDecileLift(expected, buys), topDecileLift(recency, buys), decimal(3));
}

function nameOf({ calibrationEnd, holdoutEnd, season }: Cut): string {
  return `after ${calibrationEnd}, to ${holdoutEnd} (${season})`;
}
