-- Keys that incremental models have yet to rebuild, in place of ops.touched_keys: a partition for each model, since what is
-- forgotten is always all of one model's, and a partition is dropped at once where deleting its rows waits behind merges.
-- Nothing is taken over: the models of this version have other texts, so each is made anew by its next build.
CREATE TABLE IF NOT EXISTS ops.touched (
  model LowCardinality(String),
  key String,
  build_id String,
  at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplacingMergeTree(at)
PARTITION BY model
-- With the model: FINAL looks across partitions.
ORDER BY (model, key);

DROP TABLE IF EXISTS ops.touched_keys;
