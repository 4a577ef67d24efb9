import type { ReportHead } from '../../api/report-schema.ts';
import type { SegmentPoints } from '../../api/segments-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { toCount } from '../rows.ts';

interface Row {
  segment: string;
  recency: number;
  frequency: number;
  monetary: number;
}

/** More points than the eye tells apart, and still drawn in a few milliseconds. */
export const MOST_POINTS = 6_000;

/** Recency, frequency and value of every customer; of very many, a sample that is the same in every answer. */
export async function readPoints(edition: Edition): Promise<Omit<SegmentPoints, keyof ReportHead>> {
  const mart = edition.mart('customer_segments');
  const [[counted], rows] = await Promise.all([
    edition.query<{ total: string }>(`SELECT toString(count()) AS total FROM ${mart}`),
    edition.query<Row>(
      `SELECT toString(c.segment) AS segment, c.Recency AS recency, c.Frequency AS frequency,
         toFloat64(c.Monetary) AS monetary
       FROM ${mart} AS c
       ORDER BY cityHash64(c.CustomerID), c.CustomerID LIMIT {limit: UInt32}`,
      { limit: MOST_POINTS },
    ),
  ]);
  const segments = [...new Set(rows.map((row) => row.segment))].toSorted();
  const indexes = new Map(segments.map((segment, index) => [segment, index]));
  return {
    total: toCount(counted?.total),
    segments,
    segment: rows.map((row) => indexes.get(row.segment) ?? 0),
    recency: rows.map((row) => row.recency),
    frequency: rows.map((row) => row.frequency),
    monetary: rows.map((row) => row.monetary),
  };
}
