-- What arrived since a moment, without the days it belongs to: the ledger reads it once a minute. Parts that were merged
-- long ago are skipped as a whole.
ALTER TABLE raw.web_events ADD INDEX IF NOT EXISTS kafka_time _kafka_time TYPE minmax GRANULARITY 64;
