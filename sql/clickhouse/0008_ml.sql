-- What models say about customers. Every attempt of a run writes under a write_id of its own, which nothing shows yet;
-- one row in ml.publication makes it what readers see, in every table at once, in place of the one before. Readers use the
-- views without `_runs`, never the tables.

CREATE TABLE IF NOT EXISTS ml.publication (
  -- The kind of job, `rfm_segments`.
  kind LowCardinality(String),
  source LowCardinality(String),
  run_id UUID,
  write_id UUID,
  model_id UUID,
  as_of Date,
  published_at DateTime64(3, 'UTC'),
  -- The greatest counts.
  _version UInt64
) ENGINE = ReplacingMergeTree(_version)
ORDER BY (kind, source);

CREATE OR REPLACE VIEW ml.published AS
SELECT kind, source, run_id, write_id, model_id, as_of, published_at FROM ml.publication FINAL;

-- What a run knew of each customer at the end of its as-of day, and nothing later.
CREATE TABLE IF NOT EXISTS ml.customer_features_runs (
  source LowCardinality(String),
  customer_id String,
  as_of Date,
  kind LowCardinality(String),
  -- By name; a feature that is unknown is not in it.
  features Map(LowCardinality(String), Float64),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY customer_id;

CREATE OR REPLACE VIEW ml.customer_features AS
SELECT source, customer_id, as_of, kind, features, run_id FROM ml.customer_features_runs
WHERE write_id IN (SELECT write_id FROM ml.published);

-- Recency in days, Frequency in invoices, Monetary in the reporting currency, and the cluster they led to. -1, -2 and -3 are
-- the outlier classes (value, frequency, both), never numbers of clusters. Several clusters and classes can have one name,
-- which follows from their medians alone; ClusterLabel tells them apart.
CREATE TABLE IF NOT EXISTS ml.customer_rfm_kmeans_clustered_runs (
  source LowCardinality(String),
  CustomerID String,
  Recency Int32,
  Frequency UInt32,
  Monetary Decimal(38, 4),
  Cluster Int32,
  ClusterName LowCardinality(String),
  ClusterLabel LowCardinality(String),
  -- Where the customer's own figures stand against the medians of all; what the next run tells a move by.
  Tier UInt8,
  as_of Date,
  UpdateDate DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY CustomerID;

CREATE OR REPLACE VIEW ml.customer_rfm_kmeans_clustered AS
SELECT source, CustomerID, Recency, Frequency, Monetary, Cluster, ClusterName, ClusterLabel, as_of, UpdateDate, run_id
FROM ml.customer_rfm_kmeans_clustered_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'rfm_segments');

CREATE TABLE IF NOT EXISTS ml.cluster_summary_runs (
  source LowCardinality(String),
  Cluster Int32,
  ClusterName LowCardinality(String),
  ClusterLabel LowCardinality(String),
  Customer_Count UInt32,
  Avg_Monetary Decimal(38, 4),
  Avg_Frequency Decimal(38, 4),
  Avg_Recency Decimal(38, 4),
  Med_Monetary Decimal(38, 4),
  Med_Frequency Decimal(38, 4),
  Med_Recency Decimal(38, 4),
  Total_Revenue Decimal(38, 4),
  Pct_of_Customers Decimal(9, 4),
  Pct_of_Revenue Decimal(9, 4),
  as_of Date,
  UpdateDate DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY Cluster;

CREATE OR REPLACE VIEW ml.cluster_summary AS
SELECT source, Cluster, ClusterName, ClusterLabel, Customer_Count, Avg_Monetary, Avg_Frequency, Avg_Recency, Med_Monetary,
  Med_Frequency, Med_Recency, Total_Revenue, Pct_of_Customers, Pct_of_Revenue, as_of, UpdateDate, run_id
FROM ml.cluster_summary_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'rfm_segments');

CREATE TABLE IF NOT EXISTS ml.cluster_description_and_recommendation_runs (
  source LowCardinality(String),
  Cluster Int32,
  ClusterName LowCardinality(String),
  ClusterLabel LowCardinality(String),
  Description String,
  Recommendation String,
  as_of Date,
  UpdateDate DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY Cluster;

CREATE OR REPLACE VIEW ml.cluster_description_and_recommendation AS
SELECT source, Cluster, ClusterName, ClusterLabel, Description, Recommendation, as_of, UpdateDate, run_id
FROM ml.cluster_description_and_recommendation_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'rfm_segments');

-- Segment is that of scheme C, by the customer's own figures; the cluster stands beside it.
CREATE TABLE IF NOT EXISTS ml.customer_segments_clustered_runs (
  source LowCardinality(String),
  CustomerID String,
  Recency Int32,
  Frequency UInt32,
  Monetary Decimal(38, 4),
  Cluster Int32,
  ClusterName LowCardinality(String),
  ClusterLabel LowCardinality(String),
  Segment LowCardinality(String),
  Recommendation LowCardinality(String),
  as_of Date,
  UpdateDate DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY CustomerID;

CREATE OR REPLACE VIEW ml.customer_segments_clustered AS
SELECT source, CustomerID, Recency, Frequency, Monetary, Cluster, ClusterName, ClusterLabel, Segment, Recommendation,
  as_of, UpdateDate, run_id
FROM ml.customer_segments_clustered_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'rfm_segments');

-- Who is in another cluster than in the published run before, or in the same one under another name, and why.
CREATE TABLE IF NOT EXISTS ml.customer_cluster_moves_runs (
  source LowCardinality(String),
  CustomerID String,
  FromCluster Int32,
  ToCluster Int32,
  FromName LowCardinality(String),
  ToName LowCardinality(String),
  Cause LowCardinality(String),
  as_of Date,
  UpdateDate DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY CustomerID;

CREATE OR REPLACE VIEW ml.customer_cluster_moves AS
SELECT source, CustomerID, FromCluster, ToCluster, FromName, ToName, Cause, as_of, UpdateDate, run_id
FROM ml.customer_cluster_moves_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'rfm_segments');

-- What customers are expected to be worth within the horizon, in the reporting currency: floats, since they are expectations.
CREATE TABLE IF NOT EXISTS ml.customer_clv_runs (
  source LowCardinality(String),
  customer_id String,
  -- Days with a purchase: what the figures rest on.
  purchases UInt32,
  horizon_days UInt16,
  probability_alive Float64,
  -- Within the horizon.
  expected_purchases Float64,
  -- Per purchase.
  expected_spend Float64,
  -- Discounted, times margin; low and high are the 90 % interval of this expectation for what is not known of the
  -- parameters. What one customer will spend scatters far more widely.
  clv Float64,
  clv_low Float64,
  clv_high Float64,
  reason String,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY customer_id;

CREATE OR REPLACE VIEW ml.customer_clv AS
SELECT source, customer_id, purchases, horizon_days, probability_alive, expected_purchases, expected_spend, clv, clv_low,
  clv_high, reason, as_of, updated_at, run_id
FROM ml.customer_clv_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'clv');
