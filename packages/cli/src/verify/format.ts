import type { Comparison } from './verify.ts';

export function isEqual(comparisons: readonly Comparison[]): boolean {
  return comparisons.every((comparison) => comparison.differing === 0);
}

/** One line per KPI table, and the first differing rows below it. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  return comparisons
    .flatMap(({ table, rows, differing, samples }) => {
      const verdict = differing === 0 ? 'equal to one SQL over the raw rows' : `${differing} DIFFER`;
      const head = `${table.padEnd(18)}${String(rows).padStart(9)} rows   ${verdict}`;
      return [head, ...samples.map((sample) => `    ${JSON.stringify(sample)}`)];
    })
    .join('\n');
}
