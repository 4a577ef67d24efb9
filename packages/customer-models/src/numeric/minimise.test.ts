import { describe, expect, it } from 'vitest';
import { hessianByDifferences, minimise, newtonGain, type Objective } from './minimise.ts';
import { choleskyFactor, inversePositiveDefinite, quadraticForm, solveCholesky } from './symmetric-matrix.ts';

const rosenbrock: Objective = (point, gradient) => {
  const [x, y] = point as unknown as [number, number];
  gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
  gradient[1] = 200 * (y - x * x);
  return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
};

describe('the minimiser', () => {
  it("finds the end of Rosenbrock's valley", () => {
    const { point, value, end } = minimise(rosenbrock, [-1.2, 1]);
    expect(end).toBe('gradient');
    expect(point[0]).toBeCloseTo(1, 8);
    expect(point[1]).toBeCloseTo(1, 8);
    expect(value).toBeLessThan(1e-16);
  });

  it('steps back from where the function is not defined', () => {
    const barrier: Objective = (point, gradient) => {
      const x = point[0] as number;
      gradient[0] = 1 - 0.1 / x;
      return x > 0 ? x - 0.1 * Math.log(x) : Number.NaN;
    };
    expect(minimise(barrier, [3]).point[0]).toBeCloseTo(0.1, 7);
  });

  it('says when there is no minimum nearby', () => {
    const slope: Objective = (point, gradient) => {
      gradient[0] = -1;
      return -(point[0] as number);
    };
    expect(minimise(slope, [0], { bound: 20 }).end).toBe('bound');
  });

  it('gives up after so many iterations', () => {
    expect(minimise(rosenbrock, [-1.2, 1], { maxIterations: 3 })).toMatchObject({ end: 'iterations', iterations: 3 });
  });

  it('takes the Hessian from the gradient', () => {
    const hessian = hessianByDifferences(rosenbrock, [1, 1]);
    for (const [i, row] of [
      [802, -400],
      [-400, 200],
    ].entries()) {
      for (const [j, value] of row.entries()) expect(hessian[i]?.[j]).toBeCloseTo(value, 4);
    }
  });

  it('knows what a Newton step would gain, and a saddle from a minimum', () => {
    // f = (x² + 4y²)/2 at (1, 1): gradient (1, 4), value 2.5.
    expect(
      newtonGain(
        [
          [1, 0],
          [0, 4],
        ],
        [1, 4],
      ),
    ).toBeCloseTo(2.5, 14);
    expect(
      newtonGain(
        [
          [1, 0],
          [0, -4],
        ],
        [1, 4],
      ),
    ).toBeNull();
  });
});

describe('symmetric matrices', () => {
  const matrix = [
    [4, 2, 1],
    [2, 5, 3],
    [1, 3, 6],
  ];

  it('solves and inverts', () => {
    const factor = choleskyFactor(matrix);
    expect(factor).not.toBeNull();
    const x = solveCholesky(factor ?? [], [7, 10, 10]);
    for (const value of x) expect(value).toBeCloseTo(1, 13);
    const inverse = inversePositiveDefinite(matrix) ?? [];
    expect(quadraticForm(inverse, [7, 10, 10])).toBeCloseTo(27, 12);
  });

  it('refuses what is not positive definite', () => {
    expect(
      inversePositiveDefinite([
        [1, 2],
        [2, 1],
      ]),
    ).toBeNull();
    expect(
      inversePositiveDefinite([
        [1, 1],
        [1, 1],
      ]),
    ).toBeNull();
    expect(inversePositiveDefinite([[Number.NaN]])).toBeNull();
  });
});
