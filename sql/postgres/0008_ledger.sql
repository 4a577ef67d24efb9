-- The ledger: what each hop of the pipeline accounts for, what was compared, and what was found wrong.
--
-- Checksums are sums modulo 2^64 of 64 bits per row, so they are independent of order and can be added and compared
-- without sorting. Those of events are bytes 8..15 of the digest of the event's identity.

DO $$
BEGIN
  CREATE ROLE ebb_ledger NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

-- What the aggregator made of the messages of a topic partition, one row per partition and minute of its clock. Added to
-- in the transaction of each batch: offsets, rows and accounts move together or not at all.
CREATE TABLE ops.batch_ledger (
  topic text NOT NULL,
  partition integer NOT NULL,
  minute timestamptz NOT NULL,
  -- [from_offset, to_offset) was processed.
  from_offset bigint NOT NULL,
  to_offset bigint NOT NULL,
  batches bigint NOT NULL,
  -- What was read; new + duplicate + dead must equal it, and to_offset - from_offset beyond it are holes of the log.
  messages bigint NOT NULL,
  new bigint NOT NULL,
  duplicate bigint NOT NULL,
  dead bigint NOT NULL,
  -- Of the new rows: identity of web events, content of purchase events (ops.purchase_checksum); 0 for other topics.
  checksum numeric(20) NOT NULL CHECK (checksum >= 0 AND checksum < 18446744073709551616),
  -- Batches that did not start where the one before ended: somebody moved next_offset.
  jumps bigint NOT NULL DEFAULT 0,
  first_kafka_time timestamptz,
  last_kafka_time timestamptz,
  PRIMARY KEY (topic, partition, minute)
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What the topics hold of each receipt bucket (collector, minute of its clock, write key), counted by the aggregator as
-- it reads. In parts, one per writer, so that parallel batches never wait for each other.
CREATE TABLE ops.receipt_tallies (
  topic text NOT NULL,
  collector_id text NOT NULL,
  minute timestamptz NOT NULL,
  write_key_id text NOT NULL,
  part integer NOT NULL,
  events bigint NOT NULL,
  -- Events whose identity could not be read; they are in `events` and not in the checksum.
  undigested bigint NOT NULL,
  checksum numeric(20) NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (minute, collector_id, topic, write_key_id, part)
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What collectors answered 202 for, as they reported it; a receipt that is produced twice counts once.
CREATE TABLE ops.receipts (
  id uuid PRIMARY KEY,
  topic text NOT NULL,
  collector_id text NOT NULL,
  minute timestamptz NOT NULL,
  write_key_id text NOT NULL,
  events bigint NOT NULL,
  checksum numeric(20) NOT NULL,
  read_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX receipts_bucket ON ops.receipts (minute, collector_id, topic, write_key_id);

-- Where the ledger has read a topic to, moved in the transaction that stores what it read.
CREATE TABLE ops.ledger_positions (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);

-- One row per stack; the key of the checksums over rows, so that nobody can choose errors that cancel out.
CREATE TABLE ops.ledger_key (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  secret text NOT NULL
);
INSERT INTO ops.ledger_key (secret)
VALUES (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- Ranges of a table's rows, and when both engines were last found equal in them.
CREATE TABLE ops.ledger_coverage (
  table_name text NOT NULL,
  -- A day of raw events, `new` for the events since the last cycle, a key range of a captured table.
  range text NOT NULL,
  rows bigint NOT NULL,
  checksum numeric(20) NOT NULL,
  -- What was compared: for raw events, offsets below these; for captured tables, the log position.
  boundary jsonb NOT NULL,
  -- Cheap signs of change in either engine; other ones now mean that this range is looked at first.
  fingerprint text,
  verified_at timestamptz,
  checked_at timestamptz NOT NULL DEFAULT now(),
  seconds double precision NOT NULL,
  PRIMARY KEY (table_name, range)
);

-- What was found. A finding is closed by a check that finds its key right, never deleted.
CREATE TABLE ops.ledger (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  -- Columns of the key and their values as text.
  key jsonb NOT NULL,
  kind text NOT NULL CHECK (kind IN ('missing', 'extra', 'altered', 'lost', 'unaccounted')),
  -- The hop that did it, such as `aggregator -> postgres`; null until it is known.
  hop text,
  -- The store that holds the wrong state.
  store text NOT NULL CHECK (store IN ('kafka', 'postgres', 'clickhouse')),
  evidence jsonb NOT NULL DEFAULT '{}',
  first_seen timestamptz NOT NULL DEFAULT now(),
  -- It survived two barriers.
  confirmed_at timestamptz,
  repaired_at timestamptz,
  -- A later check found the key right.
  verified_at timestamptz,
  -- Why it was not repaired.
  problem text,
  closed_at timestamptz
);
CREATE UNIQUE INDEX ledger_open ON ops.ledger (table_name, key) WHERE closed_at IS NULL;
CREATE INDEX ledger_first_seen ON ops.ledger (first_seen);

CREATE TABLE ops.ledger_cycles (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  rows_checked bigint NOT NULL,
  -- Time the two engines worked for it, s.
  engine_seconds double precision NOT NULL,
  open_findings integer NOT NULL,
  -- Age of the range that was not verified for longest, s; null when nothing was verified yet.
  oldest_unverified_seconds double precision,
  -- What could not be checked, and why.
  problems text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX ledger_cycles_finished ON ops.ledger_cycles (finished_at);

-- The first 64 bits of a SHA-256, as a signed number; sums of them are taken modulo 2^64 by the reader.
CREATE FUNCTION ops.hash64(input text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substring(sha256(convert_to(input, 'UTF8')) FOR 8)::bigint;

-- What the accounts hold of a purchase event: everything of its row that is never changed afterwards. The same text is
-- made by services/stream-aggregator/src/purchase-checksum.ts.
CREATE FUNCTION ops.purchase_checksum(h sales.order_status_history) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substring(sha256(convert_to(concat_ws(E'\n', h.source, h.order_id, h.event_id, h.kind, h.order_status,
  h.status_rank, (timestamptz_send(h.status_time)::bigint + 946684800000000) / 1000,
  (timestamptz_send(h.purchase_time)::bigint + 946684800000000) / 1000, h.currency, trim_scale(h.total_amount),
  h.document), 'UTF8')) FOR 8)::bigint;

-- Enough to read what arrived in a minute without the days it belongs to; nearly free to keep, as rows are stored in the
-- order of this column. On each partition, for partitions are made like their parent.
CREATE INDEX web_events_kafka_time ON stream.web_events USING brin (_kafka_time) WITH (pages_per_range = 32);

GRANT USAGE ON SCHEMA stream, sales, kpi, crm, ops TO ebb_ledger;
GRANT SELECT ON ALL TABLES IN SCHEMA stream, sales, kpi, crm TO ebb_ledger;
ALTER DEFAULT PRIVILEGES IN SCHEMA stream, sales, kpi, crm GRANT SELECT ON TABLES TO ebb_ledger;
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT c.oid::regclass AS name FROM pg_class c
    WHERE c.relnamespace = 'ops'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'write_keys'
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO ebb_ledger', found.name);
  END LOOP;
END
$$;
GRANT SELECT (id, name) ON ops.write_keys TO ebb_ledger;
GRANT INSERT, UPDATE, DELETE ON ops.batch_ledger, ops.receipt_tallies, ops.receipts, ops.ledger_positions,
  ops.ledger_coverage, ops.ledger, ops.ledger_cycles TO ebb_ledger;
GRANT SELECT, INSERT, UPDATE ON ops.batch_ledger, ops.receipt_tallies TO ebb_aggregator;
GRANT SELECT ON ops.ledger, ops.ledger_coverage, ops.ledger_cycles, ops.receipts, ops.batch_ledger
  TO ebb_dashboard, ebb_reader;

-- Repairs of what the aggregator stores. Only these rows may the ledger change, and only through checks of its own.
GRANT INSERT, DELETE ON stream.web_events TO ebb_ledger;
GRANT INSERT, UPDATE, DELETE ON sales.order_status_history, sales.orders, sales.order_items TO ebb_ledger;

-- Counts one business day anew after a repair.
CREATE FUNCTION ops.rebuild_kpi_day(business_day date) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT kpi.rebuild_day(business_day) $$;
CREATE FUNCTION ops.ensure_event_days(days date[]) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT stream.ensure_days(days) $$;
REVOKE EXECUTE ON FUNCTION ops.rebuild_kpi_day(date), ops.ensure_event_days(date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.rebuild_kpi_day(date), ops.ensure_event_days(date[]) TO ebb_ledger;
