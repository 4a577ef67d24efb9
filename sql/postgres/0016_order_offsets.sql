-- The ledger counts the events of a few minutes at a time against what the aggregator says of their offsets. Without this
-- index each count goes through the whole history.
CREATE INDEX order_status_history_offset ON sales.order_status_history (_partition, _offset);
