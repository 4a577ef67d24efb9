import { chiSquareTail } from '../numeric/incomplete-gamma.ts';
import type { BgNbdParameters } from './bg-nbd.ts';
import { repeatDistribution } from './bg-nbd-predictions.ts';
import type { RecencyRows } from './purchase-histories.ts';

export interface HistogramBin {
  /** Repeat purchases in the calibration period; the last bin holds this many and more. */
  readonly repeats: number;
  readonly actual: number;
  readonly expected: number;
}

export interface RepeatHistogram {
  readonly bins: readonly HistogramBin[];
  readonly chiSquare: number;
  readonly degrees: number;
  /** Chance of a misfit as large if the model were right. Small for any model once customers are many. */
  readonly pValue: number;
  /** Share of the customers that would have to stand in another bin: a size, which `pValue` is not. */
  readonly misplaced: number;
}

const FITTED_PARAMETERS = 4;
/** A chi-square term of a smaller expectation is no chi-square any more (Cochran 1954). */
const LEAST_EXPECTED = 5;

/**
 * Customers by number of repeat purchases, as they are and as BG/NBD expects them, each at its own T (Fader, Hardie & Lee
 * 2005, equation 8 and figure 2). Bins 0 … most−1 and "most or more"; Pearson's chi-square over bins merged from the top
 * until each is expected to hold five customers.
 */
export function repeatHistogram(rows: RecencyRows, parameters: BgNbdParameters, most = 7): RepeatHistogram {
  const actual = new Float64Array(most + 1);
  const byLength = new Map<number, number>();
  let customers = 0;
  for (let i = 0; i < rows.repeats.length; i += 1) {
    const weight = rows.weights?.[i] ?? 1;
    const bin = Math.min(rows.repeats[i] as number, most);
    actual[bin] = (actual[bin] as number) + weight;
    const length = rows.observed[i] as number;
    byLength.set(length, (byLength.get(length) ?? 0) + weight);
    customers += weight;
  }
  const expected = new Float64Array(most + 1);
  for (const [length, weight] of byLength) {
    const shares = repeatDistribution(parameters, length, most - 1);
    shares.push(Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0)));
    for (const [bin, share] of shares.entries()) expected[bin] = (expected[bin] as number) + weight * share;
  }
  const bins = Array.from(actual, (count, repeats) => ({
    repeats,
    actual: count,
    expected: expected[repeats] as number,
  }));
  const misplaced = bins.reduce((sum, bin) => sum + Math.abs(bin.actual - bin.expected), 0) / 2 / customers;
  return { bins, misplaced, ...pearson(bins) };
}

function pearson(bins: readonly HistogramBin[]): { chiSquare: number; degrees: number; pValue: number } {
  const merged = [...bins];
  while (merged.length > 1 && (merged.at(-1) as HistogramBin).expected < LEAST_EXPECTED) {
    const [last, before] = [merged.pop() as HistogramBin, merged.pop() as HistogramBin];
    merged.push({
      repeats: before.repeats,
      actual: before.actual + last.actual,
      expected: before.expected + last.expected,
    });
  }
  const chiSquare = merged.reduce((sum, bin) => sum + (bin.actual - bin.expected) ** 2 / bin.expected, 0);
  // Too few bins to judge four parameters by: one degree is then the kindest reading.
  const degrees = Math.max(1, merged.length - 1 - FITTED_PARAMETERS);
  return { chiSquare, degrees, pValue: chiSquareTail(chiSquare, degrees) };
}
