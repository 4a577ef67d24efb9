import type { Retention, RetentionCell } from '../../api/funnel-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetricsBy } from '../../warehouse/metric-reader.ts';
import { sourceAmong } from '../default-source.ts';
import { toCount } from '../rows.ts';

/** Cohorts, and periods after the first, that are shown: what fits on a page. */
const MOST_COHORTS = 16;
const MOST_PERIODS = 12;
const METRIC = 'retention_rate';

export type RetentionChoice = Pick<Retention, 'activity' | 'period'> & { source: string | null };

interface Row {
  cohort: string;
  since: number;
  size: string;
  active: string;
  is_complete: boolean;
}

/** Who came back: the newest cohorts by period after their first, and all cohorts together. */
export async function readRetention(
  edition: Edition,
  { source: chosen, activity, period }: RetentionChoice,
): Promise<Omit<Retention, keyof ReportHead>> {
  const mart = edition.mart('retention_cohorts');
  const sources = await edition.query<{ known: string }>(
    `SELECT DISTINCT toString(r.source) AS known FROM ${mart} AS r ORDER BY known`,
  );
  const source = chosen ?? sourceAmong(sources.map(({ known }) => known));
  const params = { source, activity, period, cohorts: MOST_COHORTS, periods: MOST_PERIODS };
  const where = `source = {source: String} AND activity = {activity: String} AND period = {period: String}
    AND periods_since <= {periods: UInt32}`;
  const [rows, overall] = await Promise.all([
    edition.query<Row>(
      `SELECT toString(r.cohort) AS cohort, r.periods_since AS since, toString(r.cohort_size) AS size,
         toString(r.active) AS active, r.is_complete AS is_complete
       FROM (
         SELECT * FROM ${mart} WHERE ${where}
           AND cohort IN (
             SELECT DISTINCT cohort FROM ${mart} WHERE ${where} ORDER BY cohort DESC LIMIT {cohorts: UInt32}
           )
       ) AS r
       ORDER BY r.cohort DESC, r.periods_since`,
      params,
    ),
    readMetricsBy(edition, [METRIC], { where, params, by: 'periods_since' }),
  ]);
  return {
    source,
    activity,
    period,
    cohorts: cohortsOf(rows),
    overall: [...overall]
      .map(([since, values]) => ({ since: Number(since), rate: values[METRIC] ?? null }))
      .toSorted((a, b) => a.since - b.since),
  };
}

function cohortsOf(rows: readonly Row[]): Retention['cohorts'] {
  const cohorts = new Map<string, { cohort: string; size: number; cells: RetentionCell[] }>();
  for (const row of rows) {
    const known = cohorts.get(row.cohort) ?? { cohort: row.cohort, size: toCount(row.size), cells: [] };
    const active = toCount(row.active);
    const rate = known.size === 0 ? null : active / known.size;
    known.cells.push({ since: row.since, active, rate, isComplete: row.is_complete });
    cohorts.set(row.cohort, known);
  }
  return [...cohorts.values()];
}
