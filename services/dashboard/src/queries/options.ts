import { DEFAULT_SOURCE } from '@ebb/contracts';
import type { SourceOption } from '../api/options-schema.ts';
import type { Queryable } from './rows.ts';

const SOURCES_SQL = `
  SELECT source, array_agg(DISTINCT day::text ORDER BY day::text) AS days,
    coalesce(array_agg(DISTINCT currency ORDER BY currency) FILTER (WHERE currency IS NOT NULL), '{}') AS currencies
  FROM (
    SELECT source, day, NULL AS currency FROM kpi.web_day
    UNION ALL
    SELECT source, day, currency FROM kpi.order_day
  ) known
  GROUP BY source ORDER BY source`;

/** Every source with figures, its currencies and its days. */
export async function readSources(db: Queryable): Promise<SourceOption[]> {
  return (await db.query<SourceOption>(SOURCES_SQL)).rows;
}

/** The live shop where it has figures, else whichever source has the newest. */
export function defaultSource(sources: readonly SourceOption[]): string {
  const newest = sources.toSorted((a, b) => (b.days.at(-1) ?? '').localeCompare(a.days.at(-1) ?? ''))[0];
  return sources.some(({ source }) => source === DEFAULT_SOURCE) ? DEFAULT_SOURCE : (newest?.source ?? DEFAULT_SOURCE);
}

const TIMEZONE_SQL = 'SELECT kpi.business_timezone() AS timezone';

/** The business time zone, fixed at the first migration. */
export async function readTimezone(db: Queryable): Promise<string> {
  return (await db.query<{ timezone: string }>(TIMEZONE_SQL)).rows[0]?.timezone ?? 'UTC';
}
