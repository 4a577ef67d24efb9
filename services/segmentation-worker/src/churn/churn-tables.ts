import type { RowBinaryWriter } from '@ebb/clickhouse';
import type { FeatureColumn, Reason } from '@ebb/customer-models';
import { featureTable } from '../publish/feature-table.ts';
import type { RunTable } from '../publish/run-tables.ts';
import { backTestTables } from './back-test-tables.ts';
import { CHURN_SCORES } from './churn-params.ts';
import { type ChurnRows, columnsOf, stamp } from './churn-rows.ts';
import { ALIVE } from './order-snapshots.ts';

const SCORE_COLUMNS = columnsOf(
  'source customer_id horizon_days churn_probability churn_low churn_high comparable_customers risk_decile probability_alive raising lowering',
);

/** Every table that a run of `churn_scores` fills. */
export function churnTables(rows: ChurnRows): RunTable[] {
  const { source, asOf, result } = rows;
  const { customers, features } = result.scored;
  return [
    featureTable({ kind: CHURN_SCORES, source, asOf, customers, features: figuresOf(features) }),
    scoreTable(rows),
    ...backTestTables(rows),
  ];
}

/** Rarer values of a text are not written: there may be as many as customers. */
const MAX_LEVELS = 100;

/** A figure per feature, and one per value of those that are texts: 1 for who has it. */
export function figuresOf(features: readonly FeatureColumn[]): Map<string, Float64Array> {
  return new Map(
    features.flatMap((column) => {
      if (column.kind === 'numeric') return [[column.name, column.values] as const];
      return commonLevels(column.values).map((level) => {
        const has = Float64Array.from(column.values, (value) => (value === level ? 1 : Number.NaN));
        return [`${column.name} = ${level}`, has] as const;
      });
    }),
  );
}

function commonLevels(values: readonly (string | null)[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ranked = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return ranked.slice(0, MAX_LEVELS).map(([level]) => level);
}

function scoreTable(rows: ChurnRows): RunTable {
  const { scored, probabilities, reasons, intervals } = rows.result;
  const { low, high, comparable } = intervals;
  const alive = scored.features.find(({ name }) => name === ALIVE);
  const deciles = decilesOf(probabilities);
  return {
    table: 'ml.customer_churn_runs',
    columns: SCORE_COLUMNS,
    rows: probabilities.length,
    writeRow: (cells, row) => {
      cells.string(rows.source);
      cells.string(scored.customers[row] ?? '');
      cells.uint16(rows.horizonDays);
      for (const column of [probabilities, low, high]) cells.float64(column[row] ?? Number.NaN);
      cells.uint32(comparable[row] ?? 0);
      cells.uint8(deciles[row] ?? 0);
      nullableFloat(cells, alive?.kind === 'numeric' ? alive.values[row] : undefined);
      reasonCells(cells, reasons[row]?.raising ?? []);
      reasonCells(cells, reasons[row]?.lowering ?? []);
      stamp(cells, rows);
    },
  };
}

/** 1 for the highest tenth; customers of equal score stand in the order of their rows. */
export function decilesOf(scores: Float64Array): Uint8Array {
  const order = Uint32Array.from(scores.keys()).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const deciles = new Uint8Array(scores.length);
  for (const [rank, row] of order.entries()) deciles[row] = 1 + Math.floor((10 * rank) / order.length);
  return deciles;
}

function nullableFloat(cells: RowBinaryWriter, value: number | undefined): void {
  if (value === undefined) return cells.null();
  cells.notNull();
  cells.float64(value);
}

function reasonCells(cells: RowBinaryWriter, reasons: readonly Reason[]): void {
  cells.array(reasons.length);
  for (const { feature, value, oddsRatio } of reasons) {
    cells.string(feature);
    cells.string(valueText(value));
    cells.float64(oddsRatio);
  }
}

function valueText(value: Reason['value']): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : (value ?? '');
}
