import type { WebMinutes, WebTotals } from '../api/live-schema.ts';
import { type Queryable, toCount } from './rows.ts';

interface DayRow {
  total_events: string;
  unique_users: string;
  total_page_views: string;
  total_product_clicks: string;
  total_sessions: string;
  is_complete: boolean;
}

const DAY_SQL = `
  SELECT total_events, unique_users, total_page_views, total_product_clicks, total_sessions, is_complete
  FROM kpi.web_day WHERE source = $1 AND day = $2`;

const BUSIEST_DAY_SQL = `
  SELECT max(total_events) AS most FROM kpi.web_day
  WHERE source = $1 AND day BETWEEN $2::date - 30 AND $2::date`;

/** The day's figures; uniques are those of the day row, never a sum of minutes. */
export async function readWebTotals(
  db: Queryable,
  selection: { source: string; date: string },
  activeMinutes: number,
): Promise<WebTotals> {
  const params = [selection.source, selection.date];
  const day = (await db.query<DayRow>(DAY_SQL, params)).rows[0];
  const busiest = (await db.query<{ most: string | null }>(BUSIEST_DAY_SQL, params)).rows[0];
  const totalEvents = toCount(day?.total_events);
  return {
    totalEvents,
    uniqueUsers: toCount(day?.unique_users),
    pageViews: toCount(day?.total_page_views),
    productClicks: toCount(day?.total_product_clicks),
    sessions: toCount(day?.total_sessions),
    averageEvents: activeMinutes === 0 ? null : totalEvents / activeMinutes,
    busiestDayEvents: toCount(busiest?.most),
    isComplete: day?.is_complete ?? false,
  };
}

interface MinuteRow {
  minute: string;
  total_events: string;
  unique_users: string;
  total_page_views: string;
  total_product_clicks: string;
  total_sessions: string;
}

const MINUTES_SQL = `
  SELECT extract(epoch FROM window_start)::bigint AS minute,
    total_events, unique_users, total_page_views, total_product_clicks, total_sessions
  FROM kpi.web_minute
  WHERE source = $1 AND window_start >= $2 AND window_start < $3 AND total_events > 0
  ORDER BY window_start`;

/** Minutes of [from, to) that have an event. */
export async function readWebMinutes(
  db: Queryable,
  source: string,
  range: { from: Date; to: Date },
): Promise<WebMinutes> {
  const { rows } = await db.query<MinuteRow>(MINUTES_SQL, [source, range.from, range.to]);
  return {
    minute: rows.map((row) => toCount(row.minute)),
    events: rows.map((row) => toCount(row.total_events)),
    users: rows.map((row) => toCount(row.unique_users)),
    pageViews: rows.map((row) => toCount(row.total_page_views)),
    productClicks: rows.map((row) => toCount(row.total_product_clicks)),
    sessions: rows.map((row) => toCount(row.total_sessions)),
  };
}
