import { formatTable } from '../commands/status-table.ts';
import type { ChurnTrainReport } from './train-report.ts';

const SHOWN_EFFECTS = 10;

/** The report for people. */
export function formatTrainReport(report: ChurnTrainReport): string {
  return [
    ...summary(report),
    '',
    formatTable([['CALIBRATION', 'ROWS', 'PROMISED', 'CAME'], ...calibrationRows(report)]),
    '',
    formatTable([['EFFECT', 'LOG-ODDS', 'RAISES MOST', 'LOWERS MOST'], ...effectRows(report)]),
    ...report.leftOut.map(({ name, reason }) => `left out: ${name} (${reason})`),
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

function summary({ rows, label, auc, heldOut, parameters, columns, folds }: ChurnTrainReport): string[] {
  const percent = ((100 * label.positives) / rows).toFixed(2);
  const perFold = auc.perFold.map((value) => value.toFixed(4)).join(' ');
  const [top] = heldOut.lift;
  return [
    `${rows} customers, ${label.positives} (${percent} %) with ${label.column} = ${label.positive}`,
    `${columns.numeric.length} numeric and ${columns.categorical.length} categorical columns; penalty ${parameters.penalty}, ${parameters.trees} trees, both chosen on held-out rows`,
    `ROC AUC ${auc.mean.toFixed(4)} ± ${auc.deviation.toFixed(4)} over ${folds.length} folds: ${perFold}`,
    `PR AUC ${heldOut.prAuc.toFixed(4)}, log loss ${heldOut.logLoss.toFixed(4)}, Brier ${heldOut.brier.toFixed(4)}, calibration error ${heldOut.ece.toFixed(4)}`,
    `the tenth with the highest scores holds ${(100 * (top?.captured ?? 0)).toFixed(1)} % of those who left (lift ${(top?.lift ?? 0).toFixed(2)})`,
  ];
}

function calibrationRows({ heldOut }: ChurnTrainReport): string[][] {
  return heldOut.calibration.map(({ rows, predicted, observed }, index) => [
    String(index + 1),
    String(rows),
    predicted.toFixed(3),
    observed.toFixed(3),
  ]);
}

function effectRows({ effects }: ChurnTrainReport): string[][] {
  return effects.slice(0, SHOWN_EFFECTS).map(({ feature, importance, parts }) => {
    const ranked = parts.toSorted((a, b) => b.contribution - a.contribution);
    const shown = (part: (typeof ranked)[number] | undefined): string =>
      part === undefined ? '' : `${part.values} (${part.contribution.toFixed(2)})`;
    return [feature, importance.toFixed(3), shown(ranked[0]), shown(ranked.at(-1))];
  });
}
