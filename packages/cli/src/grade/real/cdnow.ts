import {
  checkFit,
  expectedPurchases,
  fitBgNbd,
  fitGammaGamma,
  type Purchase,
  purchaseHistories,
} from '@ebb/customer-models';
import { parseDay } from '../../clv/cells.ts';
import { judged, near, type Section, signedPercent, told } from '../figure.ts';
import { trackingChart } from './tracking-chart.ts';

const CALIBRATION_END = '1997-09-30';
/** Fader, Hardie & Lee 2005, table 2, and Fader & Hardie 2013. */
const PUBLISHED = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426, p: 6.25, q: 3.74, gamma: 15.44 };
const LOG_LIKELIHOOD = -9582.43;
/** The first customer of the sample: x = 2, t_x = 30.43, T = 38.86; E[Y(39)] = 1.226. */
const FIRST_CUSTOMER = { repeats: 2, lastPurchase: 213 / 7, observed: 272 / 7 };

/** The sample that the papers were written about: the same results must come out. */
export function gradeCdnow(purchases: readonly Purchase[]): Section {
  const histories = purchaseHistories(purchases, { calibrationEndDay: parseDay(CALIBRATION_END, 'CDNOW') });
  const bought = fitBgNbd(histories);
  const spent = fitGammaGamma(histories);
  const check = checkFit(histories, { purchases: bought, spend: spent });
  const { r, alpha, a, b } = bought.parameters;
  const { p, q, gamma } = spent.parameters ?? { p: Number.NaN, q: Number.NaN, gamma: Number.NaN };
  const toThreeDigits = Object.entries({ r, alpha, a, b }).map(([name, value]) =>
    near(`BG/NBD ${name}`, value, PUBLISHED[name as 'r'], 0.0005),
  );
  const toTwoDigits = Object.entries({ p, q, gamma }).map(([name, value]) =>
    near(`Gamma-Gamma ${name}`, value, PUBLISHED[name as 'p'], 0.005),
  );
  return {
    title: 'CDNOW',
    remarks: [
      '2,357 customers of a music shop; calibration of 39 weeks, hold-out of 39. Aims are the published results.',
    ],
    figures: [
      ...toThreeDigits,
      near('log-likelihood', bought.logLikelihood, LOG_LIKELIHOOD, 0.01),
      ...toTwoDigits,
      near(
        'purchases expected of the first customer',
        expectedPurchases(bought.parameters, FIRST_CUSTOMER, 39),
        1.226,
        0.0005,
      ),
      judged(
        'check of the fit',
        check.isPoor ? check.findings.join('; ') : 'nothing found against it',
        'nothing found against it',
        !check.isPoor,
      ),
      told('purchases of the hold-out', signedPercent(check.holdout?.error ?? Number.NaN)),
    ],
    charts: [trackingChart('CDNOW: repeat purchases by week', check.tracking)],
  };
}
