import type { Matrix } from '@ebb/kmeans';
import { must } from '@ebb/core';
import { behaviourFeature, transformed } from './behaviour-features.ts';
import { type BehaviourTable, flagColumn } from './behaviour-table.ts';
import type { UsedFeatures } from './choose-features.ts';

type Used = Pick<UsedFeatures, 'used' | 'flags'>;

/** Names of the columns of `featureMatrix`. */
export function featureNames({ used, flags }: Used): string[] {
  return [...used, ...flags];
}

/** Figures and flags by name, in their own units; NaN where a customer has no such figure. */
export function featureValues(table: BehaviourTable, { used, flags }: Used): Map<string, Float64Array> {
  return new Map([
    ...used.map((name) => [name, must(table.columns.get(name), `column ${name}`)] as const),
    ...flags.map((flag) => [flag, must(flagColumn(table, flag), `a column that says ${flag}`)] as const),
  ]);
}

/**
 * What stands in for a figure that a customer does not have, per column of the matrix: the mean of those who have one, so
 * that it pulls nowhere and only the flag tells them apart. 0 for a column without gaps.
 */
export function featureFills(table: BehaviourTable, choice: Used): number[] {
  return [...featureValues(table, choice)].map(([name, values]) => {
    if (!values.some(Number.isNaN)) return 0;
    const known = values.filter((value) => !Number.isNaN(value));
    const transform = behaviourFeature(name)?.transform ?? 'none';
    return known.reduce((sum, value) => sum + transformed(value, transform), 0) / Math.max(1, known.length);
  });
}

/** One row per customer of the table: figures transformed, gaps filled, then flags. */
export function featureMatrix(table: BehaviourTable, choice: Used, fills: readonly number[]): Matrix {
  const values = [...featureValues(table, choice)];
  const [rows, columns] = [table.customers.length, values.length];
  const data = new Float64Array(rows * columns);
  for (const [column, [name, figures]] of values.entries()) {
    const transform = behaviourFeature(name)?.transform ?? 'none';
    for (const [row, value] of figures.entries()) {
      data[row * columns + column] = Number.isNaN(value) ? (fills[column] ?? 0) : transformed(value, transform);
    }
  }
  return { data, rows, columns };
}
