-- What lets incremental models be right after every kind of interruption.

-- Days (or files: whatever a model rebuilds as a whole) that a model has begun to rebuild and not finished: written before
-- any of their rows is deleted, so that a run that is killed between delete and insert is repaired by the next, also
-- where a row has left a day for good.
CREATE TABLE IF NOT EXISTS ops.touched_keys (
  model LowCardinality(String),
  key String,
  build_id String,
  at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (model, key);

-- A source changed below the offsets that models have taken in: its topic was made anew, its table was truncated, rows
-- were put back. Models that finished before read it from its beginning.
CREATE TABLE IF NOT EXISTS ops.source_resets (
  source LowCardinality(String),
  reason String,
  build_id String,
  at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = MergeTree
ORDER BY (source, at);

-- Rows below next_offset when the vector was taken.
ALTER TABLE ops.batch_vector ADD COLUMN IF NOT EXISTS rows UInt64;
