import { featureTable } from '../publish/feature-table.ts';
import type { RunTable } from '../publish/run-tables.ts';
import { stampCells } from '../publish/stamp-cells.ts';
import { clvFeatures } from './clv-model.ts';
import { CLV } from './clv-params.ts';
import type { ClvRun } from './fit-clv.ts';

export interface ClvRows {
  readonly source: string;
  readonly asOf: string;
  readonly updatedAt: Date;
  readonly horizonDays: number;
  readonly result: ClvRun;
}

/** Every table that a run of `clv` fills. */
export function clvTables(rows: ClvRows): RunTable[] {
  const { source, asOf, result } = rows;
  const { histories } = result;
  const { customers } = histories;
  const features = clvFeatures(histories);
  return [featureTable({ kind: CLV, source, asOf, customers, features }), valueTable(rows)];
}

function valueTable({ source, asOf, updatedAt, horizonDays, result }: ClvRows): RunTable {
  const { histories, values } = result;
  const stamp = stampCells({ asOf, updatedAt });
  const figures = [
    values.probabilityAlive,
    values.expectedPurchases,
    values.expectedSpend,
    values.value,
    values.valueLow,
    values.valueHigh,
  ];
  return {
    table: 'ml.customer_clv_runs',
    columns: [
      'source',
      'customer_id',
      'purchases',
      'horizon_days',
      'probability_alive',
      'expected_purchases',
      'expected_spend',
      'clv',
      'clv_low',
      'clv_high',
      'reason',
      'as_of',
      'updated_at',
    ],
    rows: histories.customers.length,
    writeRow: (cells, row) => {
      cells.string(source);
      cells.string(histories.customers[row] ?? '');
      cells.uint32((histories.repeats[row] ?? Number.NaN) + 1);
      cells.uint16(horizonDays);
      for (const column of figures) cells.float64(column[row] ?? Number.NaN);
      cells.string(reasonOf(result, row));
      cells.encoded(stamp);
    },
  };
}

/** What the value follows from, in a sentence. */
export function reasonOf({ histories, values }: ClvRun, row: number): string {
  const repeats = histories.repeats[row] ?? 0;
  const observed = histories.observed[row] ?? 0;
  const since = Math.round((observed - (histories.lastPurchase[row] ?? 0)) * histories.unitDays);
  const alive = (100 * (values.probabilityAlive[row] ?? 0)).toFixed(0);
  const spend = (values.expectedSpend[row] ?? 0).toFixed(2);
  const days = repeats === 0 ? 'one day' : `${repeats + 1} days`;
  return `bought on ${days} in ${Math.round(observed * histories.unitDays)}, last ${since} days ago: still a customer with ${alive} %, ${spend} a purchase`;
}
