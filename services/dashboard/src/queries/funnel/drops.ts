import type { Drop, Drops } from '../../api/funnel-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { sourceAmong } from '../default-source.ts';
import { type Page, toCount } from '../rows.ts';

interface Row {
  customerId: string;
  recent: string;
  expectedSessions: number;
  dropRate: number;
  probability: number;
  level: Drop['level'];
  days: string;
}

/** Customers who come less than they used to by more than chance, the least likely to be chance first. */
export async function readDrops(
  edition: Edition,
  chosen: string | null,
  page: Page,
): Promise<Omit<Drops, keyof ReportHead>> {
  const mart = edition.mart('engagement_drops');
  const sources = await edition.query<{ known: string }>(
    `SELECT DISTINCT toString(d.source) AS known FROM ${mart} AS d ORDER BY known`,
  );
  const source = chosen ?? sourceAmong(sources.map(({ known }) => known));
  const params = { source, ...page };
  const [[counted], rows] = await Promise.all([
    edition.query<{ judged: string; total: string }>(
      `SELECT toString(count()) AS judged, toString(countIf(d.drop_level != 'none')) AS total
       FROM ${mart} AS d WHERE d.source = {source: String}`,
      params,
    ),
    edition.query<Row>(
      `SELECT d.customer_id AS customerId, toString(d.recent_sessions) AS recent, d.expected_sessions AS expectedSessions,
         d.drop_rate AS dropRate, d.probability AS probability, toString(d.drop_level) AS level,
         toString(d.days_since_last_session) AS days
       FROM ${mart} AS d WHERE d.source = {source: String} AND d.drop_level != 'none'
       ORDER BY d.probability, d.expected_sessions DESC, d.customer_id
       LIMIT {limit: UInt32} OFFSET {offset: UInt32}`,
      params,
    ),
  ]);
  return {
    source,
    judged: toCount(counted?.judged),
    total: toCount(counted?.total),
    ...page,
    customers: rows.map(({ recent, days, ...row }) => ({
      ...row,
      recentSessions: toCount(recent),
      daysSinceSession: Number(days),
    })),
  };
}
