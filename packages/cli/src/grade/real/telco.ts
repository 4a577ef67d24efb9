import { trainReport } from '../../churn/train-report.ts';
import type { TextTable } from '../../tables/read-table.ts';
import { atMost, between, decimal, type Section, told } from '../figure.ts';

/**
 * Not below the logistic regression of scikit-learn (0.845) by more than 0.002, and not above what can be known: published
 * values beyond 0.9 come from rows of the test in the training.
 */
const AUC_RANGE = [0.843, 0.86] as const;
const LARGEST_CALIBRATION_ERROR = 0.03;

/** Customers with contracts, each scored by a model that has not seen it. */
export function gradeTelco(table: TextTable): Section {
  const { auc, heldOut } = trainReport(table, { label: 'Churn', id: 'customerID', folds: 5, seed: 'churn' });
  return {
    title: 'Telco churn',
    remarks: [
      '7,043 customers, five stratified folds. `ebb bench churn` sets scikit-learn beside it, on the same folds.',
    ],
    figures: [
      between('ROC AUC, mean of the folds', auc.mean, AUC_RANGE, decimal(4)),
      told('ROC AUC, standard deviation over the folds', auc.deviation.toFixed(4)),
      atMost('expected calibration error', heldOut.ece, LARGEST_CALIBRATION_ERROR),
      told('PR AUC; log loss; Brier', [heldOut.prAuc, heldOut.logLoss, heldOut.brier].map(decimal(4)).join('; ')),
      told('lift of the top tenth', (heldOut.lift[0]?.lift ?? Number.NaN).toFixed(2)),
    ],
    charts: [
      {
        title: 'Telco: calibration',
        xLabel: 'probability promised',
        yLabel: 'share that left',
        series: [
          {
            name: 'came',
            points: heldOut.calibration.map(({ predicted, observed }) => [predicted, observed] as const),
          },
          {
            name: 'ideal',
            points: [
              [0, 0],
              [1, 1],
            ],
            isDashed: true,
          },
        ],
      },
      {
        title: 'Telco: who is found among the highest scores',
        xLabel: 'share of the customers, highest scores first',
        yLabel: 'share of those who left',
        series: [
          {
            name: 'by score',
            points: [[0, 0], ...heldOut.lift.map(({ share, captured }) => [share, captured] as const)],
          },
          {
            name: 'at random',
            points: [
              [0, 0],
              [1, 1],
            ],
            isDashed: true,
          },
        ],
      },
    ],
  };
}
