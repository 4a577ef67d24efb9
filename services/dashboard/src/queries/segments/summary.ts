import type { ReportHead } from '../../api/report-schema.ts';
import type { Segment, SegmentsReport } from '../../api/segments-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetrics, readMetricsBy } from '../../warehouse/metric-reader.ts';
import { readRetailCurrency } from '../retail-currency.ts';

const METRICS = [
  'retail_customers',
  'retail_monetary',
  'retail_avg_customer_value',
  'retail_median_monetary',
  'retail_avg_frequency',
  'retail_median_frequency',
  'retail_avg_recency',
  'retail_median_recency',
];

/** Every segment, those without customers too, with the dictionary's figures of its customers. */
export async function readSegments(edition: Edition): Promise<Omit<SegmentsReport, keyof ReportHead>> {
  const lastDay = edition.publication.asOfRetail;
  if (lastDay === null) return { currency: null, lastDay, all: {}, segments: [] };
  const [currency, all, bySegment, known] = await Promise.all([
    readRetailCurrency(edition),
    readMetrics(edition, METRICS),
    readMetricsBy(edition, METRICS, { by: 'segment' }),
    readKnown(edition),
  ]);
  const segments = known.map((row) => ({ ...row, values: bySegment.get(row.segment) ?? {} }));
  return { currency, lastDay, all, segments };
}

function readKnown(edition: Edition): Promise<Omit<Segment, 'values'>[]> {
  return edition.query(
    `SELECT toString(r.segment) AS segment, toString(r.value_tier) AS valueTier, toString(r.engagement) AS engagement,
       r.recommendation AS recommendation
     FROM ${edition.mart('segment_recommendations')} AS r
     ORDER BY indexOf(['High', 'Growing', 'Base'], valueTier), engagement`,
  );
}
