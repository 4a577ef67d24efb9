-- Live day figures as they stood at a moment, copied from Postgres by the ledger: what dbt compares its own with. Kept for
-- two hours. live_snapshots is written last: a snapshot that is not in it is not complete.

CREATE TABLE IF NOT EXISTS raw.live_snapshots (
  snapshot_id UInt64,
  -- Of Postgres' clock, in the snapshot of the figures.
  taken_at DateTime64(6, 'UTC'),
  -- Next offset of website_events by partition: every event below is in the figures, none above.
  web_offsets Map(Int32, Int64)
) ENGINE = MergeTree
ORDER BY snapshot_id
TTL toDateTime(taken_at) + INTERVAL 2 HOUR;

CREATE TABLE IF NOT EXISTS raw.live_web_day (
  snapshot_id UInt64,
  taken_at DateTime64(6, 'UTC'),
  day Date32,
  source LowCardinality(String),
  total_events UInt64,
  unique_users UInt64,
  total_page_views UInt64,
  total_product_clicks UInt64,
  total_sessions UInt64
) ENGINE = MergeTree
ORDER BY (snapshot_id, source, day)
TTL toDateTime(taken_at) + INTERVAL 2 HOUR;

CREATE TABLE IF NOT EXISTS raw.live_order_day (
  snapshot_id UInt64,
  taken_at DateTime64(6, 'UTC'),
  day Date32,
  source LowCardinality(String),
  currency LowCardinality(String),
  total_orders UInt64,
  valid_orders UInt64,
  gross_amount Decimal(38, 4),
  net_amount Decimal(38, 4),
  avg_amount Nullable(Decimal(38, 4)),
  total_products UInt64,
  credit_amount Decimal(38, 4),
  adjustment_amount Decimal(38, 4),
  credit_notes UInt64,
  adjustments UInt64
) ENGINE = MergeTree
ORDER BY (snapshot_id, source, currency, day)
TTL toDateTime(taken_at) + INTERVAL 2 HOUR;
