import type { ReportHead } from '../../api/report-schema.ts';
import type { Bin, SegmentDistributions } from '../../api/segments-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { toCount } from '../rows.ts';

type Figure = 'recency' | 'frequency' | 'monetary';

interface Row {
  figure: Figure;
  bin: string;
  customers: string;
}

/** Longer than any file goes back. */
const MONTHS = 240;
const DECADES = 12;

/** Lower edges, ascending from 0; a bin ends before the next. Few customers are far above all others: those grow 1, 2, 5, 10. */
const EDGES: Readonly<Record<Figure, readonly number[]>> = {
  recency: Array.from({ length: MONTHS }, (_, month) => 30 * month),
  frequency: [0, ...oneTwoFive()],
  monetary: [0, ...oneTwoFive()],
};
const COLUMNS: Readonly<Record<Figure, string>> = { recency: 'Recency', frequency: 'Frequency', monetary: 'Monetary' };
const FIGURES = Object.keys(COLUMNS) as Figure[];

function oneTwoFive(): number[] {
  return Array.from({ length: DECADES }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
}

/** How many customers of a segment (null: of all) have which recency, frequency and value. */
export async function readDistributions(
  edition: Edition,
  segment: string | null,
): Promise<Omit<SegmentDistributions, keyof ReportHead>> {
  const statements = FIGURES.map(
    (figure) => `SELECT '${figure}' AS figure,
        toString(arrayCount(edge -> edge <= toFloat64(c.${COLUMNS[figure]}), {${figure}: Array(Float64)})) AS bin,
        toString(count()) AS customers
      FROM ${edition.mart('customer_segments')} AS c
      WHERE ${segment === null ? '1' : 'c.segment = {segment: String}'} GROUP BY bin`,
  );
  const rows = await edition.query<Row>(statements.join('\nUNION ALL\n'), { segment: segment ?? '', ...EDGES });
  const bins = (figure: Figure): Bin[] =>
    binsOf(
      EDGES[figure],
      new Map(rows.filter((row) => row.figure === figure).map((row) => [Number(row.bin) - 1, toCount(row.customers)])),
    );
  return { segment, recency: bins('recency'), frequency: bins('frequency'), monetary: bins('monetary') };
}

/** Every bin from the first to the last that somebody is in. */
export function binsOf(edges: readonly number[], customers: ReadonlyMap<number, number>): Bin[] {
  const filled = [...customers.keys()];
  if (filled.length === 0) return [];
  const [first, last] = [Math.min(...filled), Math.max(...filled)];
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const index = first + offset;
    return { from: edges[index] ?? null, to: edges[index + 1] ?? null, customers: customers.get(index) ?? 0 };
  });
}
