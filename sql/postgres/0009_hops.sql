-- How far each hop of the pipeline has come, one row per hop, overwritten by the service that owns it.

CREATE TABLE ops.hops (
  hop text PRIMARY KEY CHECK (hop IN ('postgres_to_kafka', 'events_to_clickhouse', 'changes_to_clickhouse')),
  -- Everything the hop's input held at this moment has passed it; null before that is known.
  as_of timestamptz,
  -- What waits in front of the hop: messages, or bytes of write-ahead log for postgres_to_kafka.
  backlog bigint CHECK (backlog >= 0),
  -- Why the hop stands still or is late, in words; null when all is well.
  problem text,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);

GRANT SELECT ON ops.hops TO ebb_dashboard, ebb_reader, ebb_ledger;
GRANT SELECT, INSERT, UPDATE ON ops.hops TO ebb_connector, ebb_sink;
