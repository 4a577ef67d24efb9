-- Who may leave, why, and how such scores have done before. As in 0008: a write_id per attempt, views over what is published.

-- What is known of customers beside what the marts hold, and since when. Models take the latest value by their day, and
-- refuse a feature that was known of nobody by then.
CREATE TABLE IF NOT EXISTS ml.customer_facts (
  source LowCardinality(String),
  customer_id String,
  feature LowCardinality(String),
  -- One of the two; neither: unknown from then on.
  number Nullable(Float64),
  text Nullable(String),
  known_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY (source, feature, customer_id, known_at);

CREATE TABLE IF NOT EXISTS ml.customer_churn_runs (
  source LowCardinality(String),
  customer_id String,
  -- From the as-of day on; 0 where the data tell no time.
  horizon_days UInt16,
  -- What exactly is meant says ml.churn_back_test.
  churn_probability Float64,
  -- 90 % interval of the share of customers with such a score who churn.
  churn_low Float64,
  churn_high Float64,
  -- Customers of the back-test with the nearest scores, on whom the interval rests.
  comparable_customers UInt32,
  -- 1: the tenth with the highest scores.
  risk_decile UInt8,
  -- Of a shop's customer, of not having left for good; null where that is no question, or not to be told.
  probability_alive Nullable(Float64),
  -- Strongest first. odds_ratio: by how much the feature multiplies the odds of an average customer; value is empty where
  -- the feature is unknown.
  raising Array(Tuple(feature String, value String, odds_ratio Float64)),
  lowering Array(Tuple(feature String, value String, odds_ratio Float64)),
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY customer_id;

CREATE OR REPLACE VIEW ml.customer_churn AS
SELECT source, customer_id, horizon_days, churn_probability, churn_low, churn_high, comparable_customers, risk_decile,
  probability_alive, raising, lowering, as_of, updated_at, run_id
FROM ml.customer_churn_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'churn_scores');

-- A row per run: how a model that knew less foretold what is known by now.
CREATE TABLE IF NOT EXISTS ml.churn_back_test_runs (
  source LowCardinality(String),
  meaning String,
  -- time: tested a horizon later than it was trained. folds: on rows held out in turn, since the data tell no time.
  method LowCardinality(String),
  horizon_days UInt16,
  training_customers UInt32,
  training_churned UInt32,
  customers UInt32,
  churned UInt32,
  roc_auc Float64,
  pr_auc Float64,
  log_loss Float64,
  brier Float64,
  -- Expected calibration error, ten bins of equal width.
  ece Float64,
  -- ROC AUC of single features: what a model has to be better than.
  baseline_roc_auc Map(LowCardinality(String), Float64),
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY source;

CREATE OR REPLACE VIEW ml.churn_back_test AS
SELECT source, meaning, method, horizon_days, training_customers, training_churned, customers, churned, roc_auc, pr_auc,
  log_loss, brier, ece, baseline_roc_auc, as_of, updated_at, run_id
FROM ml.churn_back_test_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'churn_scores');

-- Customers of the back-test by tenths of rising score: what was promised, and the share that churned.
CREATE TABLE IF NOT EXISTS ml.churn_calibration_runs (
  source LowCardinality(String),
  bin UInt8,
  customers UInt32,
  predicted Float64,
  observed Float64,
  -- 90 % interval of the observed share.
  observed_low Float64,
  observed_high Float64,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY bin;

CREATE OR REPLACE VIEW ml.churn_calibration AS
SELECT source, bin, customers, predicted, observed, observed_low, observed_high, as_of, updated_at, run_id
FROM ml.churn_calibration_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'churn_scores');

-- Of the share with the highest scores in the back-test: how many of all who churned are among them.
CREATE TABLE IF NOT EXISTS ml.churn_lift_runs (
  source LowCardinality(String),
  share Float64,
  customers UInt32,
  captured Float64,
  lift Float64,
  as_of Date,
  updated_at DateTime64(3, 'UTC'),
  run_id UUID,
  write_id UUID
) ENGINE = MergeTree
PARTITION BY write_id
ORDER BY share;

CREATE OR REPLACE VIEW ml.churn_lift AS
SELECT source, share, customers, captured, lift, as_of, updated_at, run_id
FROM ml.churn_lift_runs
WHERE write_id IN (SELECT write_id FROM ml.published WHERE kind = 'churn_scores');
