import type { LiveWindow } from '../api/live-schema.ts';
import { type Queryable, toCount } from './rows.ts';

const MINUTE_MS = 60_000;

/** The last `minutes` minutes, the running one included. */
export function windowRange(nowMs: number, minutes: number): { from: Date; to: Date } {
  const end = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  return { from: new Date(end - minutes * MINUTE_MS), to: new Date(end) };
}

interface Row {
  events: string;
  page_views: string;
  product_clicks: string;
  peak_users: string;
  orders: string;
  products: string;
  gross: string;
  net: string;
}

const SQL = `
  SELECT * FROM (
    SELECT coalesce(sum(total_events), 0)::bigint AS events, coalesce(sum(total_page_views), 0)::bigint AS page_views,
      coalesce(sum(total_product_clicks), 0)::bigint AS product_clicks, coalesce(max(unique_users), 0) AS peak_users
    FROM kpi.web_minute WHERE source = $1 AND window_start >= $3 AND window_start < $4
  ) web, (
    SELECT coalesce(sum(total_orders), 0)::bigint AS orders, coalesce(sum(total_products), 0)::bigint AS products,
      coalesce(sum(gross_amount), 0) AS gross, coalesce(sum(net_amount), 0) AS net
    FROM kpi.order_minute WHERE source = $1 AND currency = $2 AND window_start >= $3 AND window_start < $4
  ) orders`;

/** What adds up over a window. Visitors do not, so only their peak is given. */
export async function readWindow(
  db: Queryable,
  selection: { source: string; currency: string | null },
  range: { from: Date; to: Date },
): Promise<LiveWindow> {
  const params = [selection.source, selection.currency, range.from, range.to];
  const row = (await db.query<Row>(SQL, params)).rows[0];
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    minutes: Math.round((range.to.getTime() - range.from.getTime()) / MINUTE_MS),
    events: toCount(row?.events),
    pageViews: toCount(row?.page_views),
    productClicks: toCount(row?.product_clicks),
    orders: toCount(row?.orders),
    products: toCount(row?.products),
    gross: row?.gross ?? '0',
    net: row?.net ?? '0',
    peakUsers: toCount(row?.peak_users),
  };
}
