-- Customers by what they do. Tables and views as in 0008_ml.sql: rows of an attempt under its write_id, shown once
-- ml.publication points to it.

-- Every run that was ever published, in place of whichever one: what makes runs a series.
CREATE TABLE IF NOT EXISTS ml.publication_log (
  kind LowCardinality(String),
  source LowCardinality(String),
  run_id UUID,
  write_id UUID,
  as_of Date,
  published_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(published_at)
ORDER BY (kind, source, run_id);

-- In the same insert as the pointer, so that the two cannot part.
CREATE MATERIALIZED VIEW IF NOT EXISTS ml.publication_log_feed TO ml.publication_log AS
SELECT kind, source, run_id, write_id, as_of, published_at FROM ml.publication;

-- cluster is null for who is in none: the account is closed.
CREATE TABLE IF NOT EXISTS ml.customer_clusters_runs (
  source LowCardinality(String),
  customer_id String,
  cluster Nullable(Int32),
  cluster_name LowCardinality(String),
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY customer_id;

CREATE OR REPLACE VIEW ml.customer_clusters AS
SELECT source, customer_id, cluster, cluster_name, as_of, updated_at, run_id FROM ml.customer_clusters_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'behaviour_clusters');

-- What the customers of a cluster are like; one further row, without a cluster, for who is in none. Numbers and names of
-- clusters live on, so that rows of several runs are a series.
CREATE TABLE IF NOT EXISTS ml.customers_clusters_analysis_runs (
  source LowCardinality(String),
  cluster Nullable(Int32),
  cluster_name LowCardinality(String),
  description String,
  recommendation String,
  rows_in_cluster UInt32,
  -- By feature, of the customers who have a figure; a feature that nobody of the cluster has is not in it.
  averages Map(LowCardinality(String), Float64),
  -- How many have one.
  known Map(LowCardinality(String), UInt32),
  as_of Date,
  analysis_timestamp DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY tuple();

-- Of every published run whose rows are kept.
CREATE OR REPLACE VIEW ml.customers_clusters_analysis_history AS
SELECT source, cluster, cluster_name, rows_in_cluster, description, recommendation,
  if(mapContains(averages, 'total_orders'), averages['total_orders'], NULL) AS avg_total_orders,
  if(mapContains(averages, 'total_spend'), averages['total_spend'], NULL) AS avg_total_spend,
  if(mapContains(averages, 'avg_order_value'), averages['avg_order_value'], NULL) AS avg_avg_order_value,
  if(mapContains(averages, 'orders_last_30_days'), averages['orders_last_30_days'], NULL) AS avg_orders_last_30_days,
  if(mapContains(averages, 'spend_last_30_days'), averages['spend_last_30_days'], NULL) AS avg_spend_last_30_days,
  if(mapContains(averages, 'num_products'), averages['num_products'], NULL) AS avg_num_products,
  if(mapContains(averages, 'processing_orders'), averages['processing_orders'], NULL) AS avg_processing_orders,
  if(mapContains(averages, 'shipped_orders'), averages['shipped_orders'], NULL) AS avg_shipped_orders,
  if(mapContains(averages, 'completed_orders'), averages['completed_orders'], NULL) AS avg_completed_orders,
  if(mapContains(averages, 'cancelled_orders'), averages['cancelled_orders'], NULL) AS avg_cancelled_orders,
  if(mapContains(averages, 'returned_orders'), averages['returned_orders'], NULL) AS avg_returned_orders,
  if(mapContains(averages, 'days_since_last_purchase'), averages['days_since_last_purchase'], NULL) AS avg_days_since_last_purchase,
  if(mapContains(averages, 'total_web_events'), averages['total_web_events'], NULL) AS avg_total_web_events,
  if(mapContains(averages, 'unique_pages_visited'), averages['unique_pages_visited'], NULL) AS avg_unique_pages_visited,
  if(mapContains(averages, 'sessions'), averages['sessions'], NULL) AS avg_sessions,
  if(mapContains(averages, 'total_page_views'), averages['total_page_views'], NULL) AS avg_total_page_views,
  if(mapContains(averages, 'total_product_views'), averages['total_product_views'], NULL) AS avg_total_product_views,
  if(mapContains(averages, 'total_add_to_carts'), averages['total_add_to_carts'], NULL) AS avg_total_add_to_carts,
  if(mapContains(averages, 'total_searches'), averages['total_searches'], NULL) AS avg_total_searches,
  if(mapContains(averages, 'total_checkouts'), averages['total_checkouts'], NULL) AS avg_total_checkouts,
  if(mapContains(averages, 'events_last_30_days'), averages['events_last_30_days'], NULL) AS avg_events_last_30_days,
  if(mapContains(averages, 'sessions_last_30_days'), averages['sessions_last_30_days'], NULL) AS avg_sessions_last_30_days,
  if(mapContains(averages, 'active_days'), averages['active_days'], NULL) AS avg_active_days,
  if(mapContains(averages, 'days_since_last_web_activity'), averages['days_since_last_web_activity'], NULL) AS avg_days_since_last_web_activity,
  if(mapContains(averages, 'days_since_registration'), averages['days_since_registration'], NULL) AS avg_days_since_registration,
  averages, known, as_of, analysis_timestamp, run_id, write_id
FROM ml.customers_clusters_analysis_runs
WHERE write_id IN (SELECT write_id FROM ml.publication_log WHERE kind = 'behaviour_clusters');

CREATE OR REPLACE VIEW ml.customers_clusters_analysis AS
SELECT * EXCEPT (write_id) FROM ml.customers_clusters_analysis_history
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'behaviour_clusters');

-- What became of every cluster since the run published before: one line to read, and the figures of it.
CREATE TABLE IF NOT EXISTS ml.customer_clusters_report_runs (
  source LowCardinality(String),
  cluster Nullable(Int32),
  cluster_name LowCardinality(String),
  -- lives on, began, ended
  change LowCardinality(String),
  rows_before UInt32,
  rows_now UInt32,
  -- By feature, average now less average before, where both runs have one.
  differences Map(LowCardinality(String), Float64),
  report String,
  previous_run_id UUID,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY tuple();

CREATE OR REPLACE VIEW ml.customer_clusters_report AS
SELECT source, cluster, cluster_name, change, rows_before, rows_now, differences, report, previous_run_id, as_of, updated_at,
  run_id
FROM ml.customer_clusters_report_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'behaviour_clusters');

-- Customers by the cluster they were in and the one they are in; null: they were in none, or are.
CREATE TABLE IF NOT EXISTS ml.customer_clusters_migration_runs (
  source LowCardinality(String),
  from_cluster Nullable(Int32),
  to_cluster Nullable(Int32),
  customers UInt32,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY tuple();

CREATE OR REPLACE VIEW ml.customer_clusters_migration AS
SELECT source, from_cluster, to_cluster, customers, as_of, updated_at, run_id FROM ml.customer_clusters_migration_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'behaviour_clusters');

-- What each number of clusters would have come to.
CREATE TABLE IF NOT EXISTS ml.behaviour_k_table_runs (
  source LowCardinality(String),
  k UInt16,
  inertia Float64,
  silhouette Float64,
  -- Null: the silhouette is that of all customers, no sample.
  silhouette_standard_error Nullable(Float64),
  elbow Float64,
  score Float64,
  is_chosen Bool,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY k;

CREATE OR REPLACE VIEW ml.behaviour_k_table AS
SELECT source, k, inertia, silhouette, silhouette_standard_error, elbow, score, is_chosen, as_of, updated_at, run_id
FROM ml.behaviour_k_table_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'behaviour_clusters');
