import { type Spread, spreadOf } from '../../src/soak/percentiles.ts';
import type { Reading } from './run-readers.ts';

export interface ReadingReport {
  /** Of all answers together. */
  readonly all: Spread | null;
  readonly byEndpoint: readonly { readonly endpoint: string; readonly spread: Spread }[];
  /** Answers that were no answer: `503 /api/churn`, and how many. */
  readonly refused: Readonly<Record<string, number>>;
}

export function reportReadings(readings: readonly Reading[]): ReadingReport {
  const groups = [...Map.groupBy(readings, ({ endpoint }) => endpoint)].toSorted(([a], [b]) => a.localeCompare(b));
  const byEndpoint = groups.flatMap(([endpoint, of]) => {
    const spread = spreadOf(of.map(({ ms }) => ms));
    return spread === null ? [] : [{ endpoint, spread }];
  });
  const bad = readings.filter(({ status }) => status !== 200);
  const refused = Object.fromEntries(
    [...Map.groupBy(bad, ({ status, endpoint }) => `${status} ${endpoint}`)].map(([what, of]) => [what, of.length]),
  );
  return { all: spreadOf(readings.map(({ ms }) => ms)), byEndpoint, refused };
}

export function reportLines({ all, byEndpoint, refused }: ReadingReport): string[] {
  const rows = [...byEndpoint, ...(all === null ? [] : [{ endpoint: 'all', spread: all }])];
  return [
    '| endpoint | answers | p50 ms | p95 ms | p99 ms | max ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(({ endpoint, spread }) => {
      const cells = [spread.p50Ms, spread.p95Ms, spread.p99Ms, spread.maxMs].map((ms) => ms.toFixed(0));
      return `| ${[endpoint, spread.count, ...cells].join(' | ')} |`;
    }),
    ...Object.entries(refused).map(([what, times]) => `not answered: ${what}, ${times} times`),
  ];
}
