import type { RunTable } from '../publish/run-tables.ts';
import { type ChurnRows, columnsOf, stamp } from './churn-rows.ts';
import { wilson } from './score-intervals.ts';

const BACK_TEST_COLUMNS = columnsOf(
  'source meaning method horizon_days training_customers training_churned customers churned roc_auc pr_auc log_loss brier ece baseline_roc_auc',
);
const CALIBRATION_COLUMNS = columnsOf('source bin customers predicted observed observed_low observed_high');
const LIFT_COLUMNS = columnsOf('source share customers captured lift');

/** How such scores have done: in a row, by tenths of the score, and among the highest. */
export function backTestTables(rows: ChurnRows): RunTable[] {
  return [backTestTable(rows), calibrationTable(rows), liftTable(rows)];
}

function backTestTable(rows: ChurnRows): RunTable {
  const { by, training, report, baselines } = rows.result.backTest;
  return {
    table: 'ml.churn_back_test_runs',
    columns: BACK_TEST_COLUMNS,
    rows: 1,
    writeRow: (cells) => {
      for (const text of [rows.source, rows.meaning, by]) cells.string(text);
      cells.uint16(rows.horizonDays);
      const churned = Math.round(report.rows * report.churnRate);
      for (const count of [training.rows, training.churned, report.rows, churned]) cells.uint32(count);
      for (const figure of [report.rocAuc, report.prAuc, report.logLoss, report.brier, report.ece])
        cells.float64(figure);
      const compared = Object.entries(baselines);
      cells.array(compared.length);
      for (const [name, auc] of compared) {
        cells.string(name);
        cells.float64(auc);
      }
      stamp(cells, rows);
    },
  };
}

function calibrationTable(rows: ChurnRows): RunTable {
  const { calibration } = rows.result.backTest.report;
  return {
    table: 'ml.churn_calibration_runs',
    columns: CALIBRATION_COLUMNS,
    rows: calibration.length,
    writeRow: (cells, row) => {
      const bin = calibration[row] ?? { rows: 0, predicted: Number.NaN, observed: Number.NaN };
      cells.string(rows.source);
      cells.uint8(row + 1);
      cells.uint32(bin.rows);
      const interval = wilson(Math.round(bin.observed * bin.rows), bin.rows);
      for (const figure of [bin.predicted, bin.observed, ...interval]) cells.float64(figure);
      stamp(cells, rows);
    },
  };
}

function liftTable(rows: ChurnRows): RunTable {
  const { lift } = rows.result.backTest.report;
  return {
    table: 'ml.churn_lift_runs',
    columns: LIFT_COLUMNS,
    rows: lift.length,
    writeRow: (cells, row) => {
      const {
        share,
        rows: customers,
        captured,
        lift: times,
      } = lift[row] ?? { share: 0, rows: 0, captured: 0, lift: 0 };
      cells.string(rows.source);
      cells.float64(share);
      cells.uint32(customers);
      cells.float64(captured);
      cells.float64(times);
      stamp(cells, rows);
    },
  };
}
