-- Raw web events, dead letters, and how far the topics are processed.

-- One row per accepted web event. Its identity is (source, day, user_key, event_id); the first offset wins. The key is a
-- digest of the identity, a third of its size, so that the index of a day with tens of millions of events stays in
-- memory: 128 bits of SHA-256, the first 48 of them replaced by the time in front of a UUIDv7, whose index then grows at
-- its right edge. Two of 10^10 other identities of a day collide with probability 1.5e-19.
-- Columns are ordered by width, so that no padding is stored.
CREATE TABLE stream.web_events (
  event_time timestamptz NOT NULL,
  _kafka_time timestamptz NOT NULL,
  -- The one processing clock of the platform: start of the transaction that stored the row.
  _processed_at timestamptz NOT NULL DEFAULT now(),
  _offset bigint NOT NULL,
  identity uuid NOT NULL,
  _partition integer NOT NULL,
  -- UTC day of event_time.
  day date NOT NULL,
  schema_version smallint NOT NULL,
  -- Whether user_key is a user_id; else it is the anonymous_id.
  is_identified boolean NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  user_key text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  event_type text NOT NULL,
  session_id text COLLATE "C",
  page_url text,
  product_id text,
  device_type text,
  anonymous_id text,
  order_id text,
  search_query text,
  country text,
  referrer text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  properties jsonb,
  -- Top-level fields the contract does not know.
  extra jsonb,
  user_id text GENERATED ALWAYS AS (CASE WHEN is_identified THEN user_key END) VIRTUAL,
  PRIMARY KEY (identity, day)
) PARTITION BY RANGE (day);

-- Nearly free to keep, and enough to read an hour of a day without the whole day.
CREATE INDEX web_events_event_time ON stream.web_events
  USING brin (event_time timestamptz_minmax_multi_ops);

-- Where each topic partition is processed to. Moved only in the transaction that stores the batch, from the value the
-- batch started at: a second writer's update then matches no row.
CREATE TABLE stream.consumer_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL CHECK (next_offset >= 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- Why this partition stands still until somebody decides, such as a log that starts behind next_offset.
  alarm text,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- How far event time has come, per partition.
CREATE TABLE stream.watermarks (
  topic text NOT NULL,
  partition integer NOT NULL,
  -- What the topic carries, so that readers need no topic names.
  kind text NOT NULL CHECK (kind IN ('website', 'purchase')),
  -- Greatest event time seen, never beyond the Kafka time of its message; null before the first event.
  event_time timestamptz,
  -- Last moment at which nothing was waiting in the partition.
  caught_up_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Event time up to which no on-time event is expected any more, per kind of topic: the slowest partition decides, and
-- 5 seconds of disorder are allowed. A partition that is silent does not hold the others back: 60 seconds after it was
-- last seen empty it counts as having reached that moment. One that lags, or that nobody reads, does hold them back.
CREATE VIEW stream.event_watermarks AS
SELECT kind, min(greatest(event_time, caught_up_at - interval '60 seconds')) - interval '5 seconds' AS watermark
FROM stream.watermarks
GROUP BY kind;

-- Messages and requests nobody could accept, of every service. The aggregator stores its own in the transaction of
-- their batch, those of other services from the topic dead_letters.
CREATE TABLE stream.dead_letters (
  id uuid PRIMARY KEY,
  service text NOT NULL,
  -- website, purchase or whatever the service handled.
  kind text NOT NULL,
  -- Where the message was read; null for what never came through a topic.
  topic text,
  partition integer,
  "offset" bigint,
  code text NOT NULL,
  message text NOT NULL,
  event_id text,
  source text,
  write_key_id text,
  -- The message carried the replay header; a replay sends it again.
  is_replay boolean NOT NULL DEFAULT false,
  failed_at timestamptz NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  payload bytea NOT NULL,
  -- Length of the original; payload is shorter where truncated.
  payload_bytes integer NOT NULL,
  truncated boolean NOT NULL,
  replayed_at timestamptz,
  replay_count integer NOT NULL DEFAULT 0,
  dropped_at timestamptz
);
CREATE UNIQUE INDEX dead_letters_position ON stream.dead_letters (service, topic, partition, "offset")
  WHERE topic IS NOT NULL;
CREATE INDEX dead_letters_time ON stream.dead_letters (failed_at);
CREATE INDEX dead_letters_code ON stream.dead_letters (code, failed_at);

-- What the retention job dropped; without it, "no rows" and "dropped" look alike.
CREATE TABLE stream.dropped_days (
  day date NOT NULL,
  dropped_at timestamptz NOT NULL DEFAULT now(),
  events bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (day, dropped_at)
);

GRANT USAGE ON SCHEMA stream TO ebb_aggregator;
GRANT SELECT, INSERT ON stream.web_events TO ebb_aggregator;
GRANT SELECT, INSERT, UPDATE ON stream.consumer_offsets, stream.watermarks TO ebb_aggregator;
GRANT SELECT, INSERT ON stream.dead_letters TO ebb_aggregator;
GRANT SELECT ON stream.event_watermarks, stream.dropped_days TO ebb_aggregator;
