-- What the sink made of which captured table; `columns` is its own JSON. The tables themselves are the sink's, made and
-- altered as Postgres' schemas change. Later states of a row replace earlier ones.
CREATE TABLE IF NOT EXISTS ops.captured_tables (
  table_oid UInt32,
  schema_name String,
  table_name String,
  status LowCardinality(String),
  reason String,
  state_table String,
  log_table String,
  view_name String,
  key_columns Array(String),
  key_attnums Array(Int16),
  columns String,
  epoch UInt16,
  ddl_id UInt64,
  revision UInt64 MATERIALIZED epoch * 281474976710656 + ddl_id,
  updated_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree(revision) ORDER BY table_oid;

-- Every change of a captured schema and what became of it: `ebb cdc drift`.
CREATE TABLE IF NOT EXISTS ops.ddl_applied (
  ddl_id UInt64,
  epoch UInt16,
  table_oid UInt32,
  schema_name String,
  table_name String,
  kind LowCardinality(String),
  origin LowCardinality(String),
  command String,
  result LowCardinality(String),
  notes Array(String),
  applied_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(applied_at) ORDER BY (epoch, ddl_id, table_oid);

-- Rows of a table below the version are gone: truncated, or deleted while nothing was captured. Views hide them.
CREATE TABLE IF NOT EXISTS ops.barriers (
  table_oid UInt32,
  table_name String,
  version UInt128,
  reason LowCardinality(String),
  made_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree ORDER BY (table_oid, version, reason);
