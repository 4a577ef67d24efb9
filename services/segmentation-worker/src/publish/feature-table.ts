import { daysOf } from '../features/days.ts';
import type { RunTable } from './run-tables.ts';

export interface FeatureRows {
  readonly kind: string;
  readonly source: string;
  readonly asOf: string;
  readonly customers: readonly string[];
  /** A value per customer; NaN: unknown, and then not written. */
  readonly features: ReadonlyMap<string, ArrayLike<number>>;
}

/** What a run knew of each customer. Every kind writes it: whether a run's rows are still there is told by this table. */
export function featureTable({ kind, source, asOf, customers, features }: FeatureRows): RunTable {
  const day = daysOf(asOf);
  const columns = [...features];
  return {
    table: 'ml.customer_features_runs',
    columns: ['source', 'customer_id', 'as_of', 'kind', 'features'],
    rows: customers.length,
    writeRow: (cells, row) => {
      cells.string(source);
      cells.string(customers[row] ?? '');
      cells.date(day);
      cells.string(kind);
      // A Map is its length and then its pairs.
      const known = columns.filter(([, values]) => !Number.isNaN(values[row]));
      cells.array(known.length);
      for (const [feature, values] of known) {
        cells.string(feature);
        cells.float64(values[row] ?? Number.NaN);
      }
    },
  };
}
