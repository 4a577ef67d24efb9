/**
 * The live KPIs counted again, from nothing but the raw rows. Deliberately not the aggregator's way of counting: one
 * plain GROUP BY per table, so that the two can only agree if both are right.
 */
export interface Recount {
  /** KPI view that is checked. */
  readonly table: string;
  /** Columns that name a row. */
  readonly key: readonly string[];
  /** Columns that must be equal. */
  readonly figures: readonly string[];
  /** Query over raw rows that yields key and figures. `$timezone` stands for the business time zone. */
  readonly sql: string;
}

const WEB_FIGURES = ['total_events', 'unique_users', 'total_page_views', 'total_product_clicks', 'total_sessions'];

const WEB_COUNTS = `
  count(*) AS total_events,
  count(DISTINCT user_key) AS unique_users,
  count(*) FILTER (WHERE event_type = 'page_view') AS total_page_views,
  count(*) FILTER (WHERE event_type = 'product_view') AS total_product_clicks,
  count(DISTINCT (user_key, session_id)) FILTER (WHERE session_id IS NOT NULL) AS total_sessions`;

const ORDER_FIGURES = [
  'total_orders',
  'valid_orders',
  'gross_amount',
  'net_amount',
  'avg_amount',
  'total_products',
  'credit_amount',
  'adjustment_amount',
];

const CURRENT_ORDERS = `
  SELECT DISTINCT ON (source, order_id) source, currency, kind, purchase_time, total_amount,
    order_status NOT IN ('cancelled', 'returned') AS is_valid,
    (SELECT count(*) FROM jsonb_array_elements(document -> 'items') AS item
      WHERE (item ->> 'quantity')::integer > 0) AS product_lines
  FROM sales.order_status_history
  ORDER BY source, order_id, status_time DESC, status_rank DESC, event_id DESC`;

const ORDER_COUNTS = `
  count(*) FILTER (WHERE kind = 'order') AS total_orders,
  count(*) FILTER (WHERE kind = 'order' AND is_valid) AS valid_orders,
  coalesce(sum(total_amount) FILTER (WHERE kind = 'order'), 0) AS gross_amount,
  coalesce(sum(total_amount) FILTER (WHERE kind = 'order' AND is_valid OR kind = 'credit_note'), 0) AS net_amount,
  round(sum(total_amount) FILTER (WHERE kind = 'order' AND is_valid)
    / nullif(count(*) FILTER (WHERE kind = 'order' AND is_valid), 0), 4) AS avg_amount,
  coalesce(sum(product_lines) FILTER (WHERE kind = 'order'), 0) AS total_products,
  coalesce(sum(total_amount) FILTER (WHERE kind = 'credit_note'), 0) AS credit_amount,
  coalesce(sum(total_amount) FILTER (WHERE kind = 'adjustment'), 0) AS adjustment_amount`;

export const RECOUNTS: readonly Recount[] = [
  {
    table: 'kpi.web_minute',
    key: ['window_start', 'source'],
    figures: WEB_FIGURES,
    sql: `SELECT date_trunc('minute', event_time, 'UTC') AS window_start, source, ${WEB_COUNTS}
      FROM stream.web_events GROUP BY 1, 2`,
  },
  {
    table: 'kpi.web_day',
    key: ['day', 'source'],
    figures: WEB_FIGURES,
    sql: `SELECT (event_time AT TIME ZONE $timezone)::date AS day, source, ${WEB_COUNTS}
      FROM stream.web_events GROUP BY 1, 2`,
  },
  {
    table: 'kpi.order_minute',
    key: ['window_start', 'source', 'currency'],
    figures: ORDER_FIGURES,
    sql: `SELECT date_trunc('minute', purchase_time, 'UTC') AS window_start, source, currency, ${ORDER_COUNTS}
      FROM (${CURRENT_ORDERS}) AS current_orders GROUP BY 1, 2, 3`,
  },
  {
    table: 'kpi.order_day',
    key: ['day', 'source', 'currency'],
    figures: ORDER_FIGURES,
    sql: `SELECT (purchase_time AT TIME ZONE $timezone)::date AS day, source, currency, ${ORDER_COUNTS}
      FROM (${CURRENT_ORDERS}) AS current_orders GROUP BY 1, 2, 3`,
  },
];

/** A row of KPIs left over by an order that moved away holds zeros; the recount has no such row at all. */
export function comparisonSql(recount: Recount): string {
  const { key, figures } = recount;
  const isDifferent = figures.map((name) => `coalesce(live.${name}, 0) <> coalesce(counted.${name}, 0)`).join(' OR ');
  const columns = figures.map((name) => `live.${name}::text AS live_${name}, counted.${name}::text AS counted_${name}`);
  return `WITH counted AS MATERIALIZED (${recount.sql}),
    joined AS (
      SELECT ${key.join(', ')}, ${columns.join(', ')}, (${isDifferent}) AS is_different
      FROM ${recount.table} AS live FULL JOIN counted USING (${key.join(', ')}))
    SELECT count(*)::integer AS rows, count(*) FILTER (WHERE is_different)::integer AS differing,
      (SELECT coalesce(json_agg(sample), '[]') FROM
        (SELECT * FROM joined WHERE is_different ORDER BY ${key.join(', ')} LIMIT 5) AS sample) AS samples
    FROM joined`;
}
