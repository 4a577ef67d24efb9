-- What comes off the topics, as it came, and how far the sink has stored it.

CREATE DATABASE IF NOT EXISTS raw;
CREATE DATABASE IF NOT EXISTS ops;

-- One row per accepted web event. Its identity is (source, day, user_key, event_id); of repeated messages the first
-- offset wins, here when parts are merged, in raw.web_events_current at once.
CREATE TABLE IF NOT EXISTS raw.web_events (
  source LowCardinality(String),
  -- UTC day of event_time.
  day Date32,
  user_key String,
  event_id String,
  -- Whether user_key is a user_id; else it is the anonymous_id.
  is_identified Bool,
  user_id Nullable(String) ALIAS if(is_identified, user_key, NULL),
  anonymous_id Nullable(String),
  event_time DateTime64(6, 'UTC'),
  event_type LowCardinality(String),
  session_id Nullable(String),
  page_url Nullable(String),
  product_id Nullable(String),
  order_id Nullable(String),
  device_type Nullable(String),
  search_query Nullable(String),
  country Nullable(String),
  referrer Nullable(String),
  utm_source Nullable(String),
  utm_medium Nullable(String),
  utm_campaign Nullable(String),
  -- JSON as text: the message's own object.
  properties Nullable(String),
  -- JSON as text: top-level fields the contract does not know.
  extra Nullable(String),
  schema_version UInt16,
  _partition Int32,
  _offset Int64,
  _kafka_time DateTime64(3, 'UTC'),
  _inserted_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
  -- The row with the greatest one stays.
  _precedence UInt64 MATERIALIZED 18446744073709551615 - toUInt64(_offset),
  -- Whoever looks at what came lately reads few parts.
  INDEX kafka_time _kafka_time TYPE minmax GRANULARITY 64
) ENGINE = ReplacingMergeTree(_precedence)
ORDER BY (source, day, user_key, event_id);

-- Every event once. Readers use this, never the table: an aggregate over unmerged rows counts repeats twice.
CREATE OR REPLACE VIEW raw.web_events_current AS
SELECT
  source, day, user_key, event_id, is_identified, user_id, anonymous_id, event_time, event_type, session_id, page_url,
  product_id, order_id, device_type, search_query, country, referrer, utm_source, utm_medium, utm_campaign, properties,
  extra, schema_version, _partition, _offset, _kafka_time, _inserted_at
FROM raw.web_events FINAL;

-- Where the sink goes on after a restart, kept beside the data: a warehouse that was set back to an older state goes on
-- from where it stands. Written only after every row below next_offset was acknowledged.
CREATE TABLE IF NOT EXISTS ops.sink_progress (
  lane LowCardinality(String),
  topic String,
  partition Int32,
  next_offset Int64,
  -- Largest _version of any message below next_offset.
  max_version UInt128,
  updated_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (lane, topic, partition);
