-- What a build knew of each of its sources, seeds, models and exposures, written by `publish` before the build becomes
-- current: readers have no dbt project. Goes with the build's database.
CREATE TABLE IF NOT EXISTS ops.build_nodes (
  build_id String,
  -- As in dbt's manifest: `model.ebb.daily_revenue`.
  node_id String,
  -- JSON; packages/contracts/src/lineage/built-node.ts says of what.
  document String,
  dbt_version LowCardinality(String),
  at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (build_id, node_id);
