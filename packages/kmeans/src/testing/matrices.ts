import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { type Matrix, matrixOf, selectRows } from '../matrix.ts';

/** Rows around `centers`, normal with the given deviation in every column. */
export function cloud(seed: string, centers: readonly (readonly number[])[], rows: number, deviation = 0.5): Matrix {
  const random = new SeededRandom(seed);
  return matrixOf(
    Array.from({ length: rows }, (_, row) =>
      (centers[row % centers.length] ?? []).map((center) => center + deviation * random.normal()),
    ),
  );
}

/** The same rows in another order, and which row stands where. */
export function shuffled(matrix: Matrix, seed: string): { matrix: Matrix; order: number[] } {
  const random = new SeededRandom(seed);
  const order = Array.from({ length: matrix.rows }, (_, row) => row);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return { matrix: selectRows(matrix, order), order };
}

/** Differences of fewer than a thousandth are left out: their squares may be 0. */
const decimal = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1e3) / 1e3);

/** Small tables: of whole numbers, where equal rows and ties are the rule, or of any. */
export const anyMatrix: fc.Arbitrary<Matrix> = fc
  .record({ rows: fc.integer({ min: 1, max: 40 }), columns: fc.integer({ min: 1, max: 4 }), isWhole: fc.boolean() })
  .chain(({ rows, columns, isWhole }) => {
    const value = isWhole ? fc.integer({ min: -3, max: 3 }) : decimal;
    const row = fc.array(value, { minLength: columns, maxLength: columns });
    return fc.array(row, { minLength: rows, maxLength: rows }).map(matrixOf);
  });

/** Rows as text, so that they can be compared. */
export function rowTexts({ data, rows, columns }: Matrix): string[] {
  // −0 is 0.
  return Array.from({ length: rows }, (_, row) =>
    [...data.subarray(row * columns, (row + 1) * columns)].map((value) => value + 0).join(' '),
  );
}
