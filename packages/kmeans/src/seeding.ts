import type { SeededRandom } from '@ebb/core';
import { type Matrix, squaredDistance } from './matrix.ts';

/**
 * Start centroids by k-means++ (D. Arthur, S. Vassilvitskii: k-means++: The Advantages of Careful Seeding, SODA 2007): each
 * further centroid is a row drawn with a chance proportional to its squared distance from the nearest one so far. Of
 * 2 + ⌊ln k⌋ such rows (as scikit-learn draws) the one that lowers the sum of those distances most is taken.
 *
 * Returns k × columns numbers.
 */
export function kMeansPlusPlus(matrix: Matrix, k: number, random: SeededRandom): Float64Array {
  const { data, rows, columns } = matrix;
  const centroids = new Float64Array(k * columns);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const trials = 2 + Math.floor(Math.log(k));
  let chosen = random.int(rows);
  for (let cluster = 0; ; cluster += 1) {
    centroids.set(data.subarray(chosen * columns, (chosen + 1) * columns), cluster * columns);
    if (cluster === k - 1) return centroids;
    const total = lowerTo(nearest, matrix, chosen);
    chosen = bestCandidate(matrix, nearest, drawByWeight(nearest, total, trials, random));
  }
}

/** Takes a row in as a centroid; returns the sum of squared distances to the nearest centroid. */
function lowerTo(nearest: Float64Array, { data, rows, columns }: Matrix, chosen: number): number {
  let total = 0;
  for (let row = 0; row < rows; row += 1) {
    const distance = squaredDistance(data, row * columns, data, chosen * columns, columns);
    if (distance < (nearest[row] as number)) nearest[row] = distance;
    total += nearest[row] as number;
  }
  return total;
}

function drawByWeight(weights: Float64Array, total: number, count: number, random: SeededRandom): number[] {
  const thresholds = Float64Array.from({ length: count }, () => random.float() * total).toSorted();
  const drawn: number[] = [];
  let sum = 0;
  let lastPossible = 0;
  for (let row = 0; row < weights.length && drawn.length < count; row += 1) {
    if ((weights[row] as number) > 0) lastPossible = row;
    sum += weights[row] as number;
    while (drawn.length < count && (thresholds[drawn.length] as number) < sum) drawn.push(row);
  }
  // Rounding may leave the last threshold at the sum itself.
  while (drawn.length < count) drawn.push(lastPossible);
  return drawn;
}

function bestCandidate(matrix: Matrix, nearest: Float64Array, candidates: readonly number[]): number {
  let best = candidates[0] as number;
  let lowest = Number.POSITIVE_INFINITY;
  for (const candidate of new Set(candidates)) {
    const sum = sumWith(nearest, matrix, candidate);
    if (sum >= lowest) continue;
    lowest = sum;
    best = candidate;
  }
  return best;
}

/** What the sum would be with this row as a centroid too. */
function sumWith(nearest: Float64Array, { data, rows, columns }: Matrix, candidate: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const distance = squaredDistance(data, row * columns, data, candidate * columns, columns);
    const before = nearest[row] as number;
    sum += distance < before ? distance : before;
  }
  return sum;
}
