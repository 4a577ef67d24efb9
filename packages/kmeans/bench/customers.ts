import { SeededRandom } from '@ebb/core';
import { fitStandardScaler, type Matrix, scale } from '../src/index.ts';

/**
 * z-scored monetary value, frequency and recency of customers who never were: skewed, tied to each other and without gaps
 * between groups, as such tables are, so that rows keep changing clusters for long.
 */
export function benchCustomers(rows: number): Matrix {
  const random = new SeededRandom('bench-customers');
  const data = new Float64Array(rows * 3);
  for (let row = 0; row < rows; row += 1) {
    const rate = random.gamma(1.2, 0.3);
    const frequency = 1 + random.poisson(rate);
    const spend = Math.exp(3 + 0.6 * random.normal());
    data[row * 3] = Math.round(100 * frequency * spend * (0.8 + 0.4 * random.float())) / 100;
    data[row * 3 + 1] = frequency;
    data[row * 3 + 2] = Math.min(365, Math.floor(random.exponential((0.2 + rate) / 200)));
  }
  const matrix = { data, rows, columns: 3 };
  return scale(matrix, fitStandardScaler(matrix));
}
