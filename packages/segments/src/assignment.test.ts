import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Costs, optimalAssignment } from './assignment.ts';

const costsArbitrary = fc
  .record({ rows: fc.integer({ min: 0, max: 6 }), columns: fc.integer({ min: 0, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((values): Costs => ({ data: Float64Array.from(values), rows, columns })),
  );

/** Least total of any way to give min(rows, columns) pairs, by trying them all. */
function bruteForce(costs: Costs, row = 0, taken = 0, skips = Math.max(0, costs.rows - costs.columns)): number {
  if (row === costs.rows) return 0;
  let best = skips > 0 ? bruteForce(costs, row + 1, taken, skips - 1) : Number.POSITIVE_INFINITY;
  for (let column = 0; column < costs.columns; column += 1) {
    if ((taken & (1 << column)) !== 0) continue;
    const rest = bruteForce(costs, row + 1, taken | (1 << column), skips);
    best = Math.min(best, (costs.data[row * costs.columns + column] ?? 0) + rest);
  }
  return best;
}

function total(costs: Costs, columnOfRow: Int32Array): number {
  return columnOfRow.reduce(
    (sum, column, row) => (column === -1 ? sum : sum + (costs.data[row * costs.columns + column] ?? 0)),
    0,
  );
}

describe('optimalAssignment', () => {
  it('costs no more than the best of all assignments, and is one', () => {
    fc.assert(
      fc.property(costsArbitrary, (costs) => {
        const columnOfRow = optimalAssignment(costs);
        const taken = [...columnOfRow].filter((column) => column !== -1);
        expect(taken).toHaveLength(Math.min(costs.rows, costs.columns));
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken.every((column) => column >= 0 && column < costs.columns)).toBe(true);
        expect(total(costs, columnOfRow)).toBeCloseTo(bruteForce(costs), 6);
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('finds a permutation again', () => {
    const order = [3, 0, 4, 1, 2];
    const data = Float64Array.from({ length: 25 }, (_, at) => (order[Math.floor(at / 5)] === at % 5 ? 0 : 1));
    expect([...optimalAssignment({ data, rows: 5, columns: 5 })]).toEqual(order);
  });

  it('refuses costs that are no numbers, and sizes that do not fit', () => {
    const data = Float64Array.of(0, Number.NaN);
    expect(() => optimalAssignment({ data, rows: 1, columns: 2 })).toThrow(/cost NaN of row 0/);
    expect(() => optimalAssignment({ data, rows: 2, columns: 2 })).toThrow(/2 costs are not 2 rows of 2/);
  });
});
