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
GRANT INSERT, UPDATE, DELETE ON ops.batch_ledger, ops.receipt_tallies, ops.receipts, ops.ledger_positions,
  ops.ledger_coverage, ops.ledger, ops.ledger_cycles TO ebb_ledger;
GRANT SELECT, INSERT, UPDATE ON ops.batch_ledger, ops.receipt_tallies TO ebb_aggregator;
GRANT SELECT ON ops.ledger, ops.ledger_coverage, ops.ledger_cycles, ops.receipts, ops.batch_ledger
  TO ebb_dashboard, ebb_reader;

-- Repairs of what the aggregator stores. The ledger has no right to change these tables but through the functions below,
-- each of which changes one key and can be repeated.

-- Brings one raw event to `wanted`, its columns as an object; null removes it.
CREATE FUNCTION ops.repair_web_event(event_identity uuid, event_day date, wanted jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM stream.web_events WHERE identity = event_identity AND day = event_day;
  IF wanted IS NULL THEN
    RETURN;
  END IF;
  PERFORM stream.ensure_days(ARRAY[event_day]);
  INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
    is_identified, event_id, user_key, source, event_type, session_id, page_url, product_id, device_type, anonymous_id,
    order_id, search_query, country, referrer, utm_source, utm_medium, utm_campaign, properties, extra)
  SELECT w.event_time, w._kafka_time, w._offset, event_identity, w._partition, event_day, w.schema_version,
    w.is_identified, w.event_id, w.user_key, w.source, w.event_type, w.session_id, w.page_url, w.product_id,
    w.device_type, w.anonymous_id, w.order_id, w.search_query, w.country, w.referrer, w.utm_source, w.utm_medium,
    w.utm_campaign, w.properties, w.extra
  FROM jsonb_to_record(wanted) AS w (event_time timestamptz, _kafka_time timestamptz, _offset bigint,
    _partition integer, schema_version smallint, is_identified boolean, event_id text, user_key text, source text,
    event_type text, session_id text, page_url text, product_id text, device_type text, anonymous_id text,
    order_id text, search_query text, country text, referrer text, utm_source text, utm_medium text, utm_campaign text,
    properties jsonb, extra jsonb);
END
$$;

-- Brings one stored purchase event to `wanted`; null removes it. Its order is not touched.
CREATE FUNCTION ops.repair_order_event(event_source text, event_order text, event text, wanted jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF wanted IS NULL THEN
    DELETE FROM sales.order_status_history h
    WHERE (h.source, h.order_id, h.event_id) = (event_source, event_order, event);
    RETURN;
  END IF;
  INSERT INTO sales.order_status_history AS h (source, order_id, event_id, kind, order_status, status_rank, status_time,
    purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
  SELECT event_source, event_order, event, w.kind, w.order_status, w.status_rank, w.status_time, w.purchase_time,
    w.currency, w.total_amount, w.document, w.schema_version, w._partition, w._offset, w._kafka_time
  FROM jsonb_to_record(wanted) AS w (kind text, order_status text, status_rank smallint, status_time timestamptz,
    purchase_time timestamptz, currency text, total_amount numeric, document jsonb, schema_version smallint,
    _partition integer, _offset bigint, _kafka_time timestamptz)
  ON CONFLICT (source, order_id, event_id) DO UPDATE SET kind = excluded.kind, order_status = excluded.order_status,
    status_rank = excluded.status_rank, status_time = excluded.status_time, purchase_time = excluded.purchase_time,
    currency = excluded.currency, total_amount = excluded.total_amount, document = excluded.document,
    schema_version = excluded.schema_version, _partition = excluded._partition, _offset = excluded._offset,
    _kafka_time = excluded._kafka_time;
END
$$;

-- Brings an order, its items and the flags of its events to what its greatest event says: `state` and `items` are made
-- from that event, whose id is `winner`. False, and nothing done, where another event is the greatest by now.
CREATE FUNCTION ops.repair_order(order_source text, order_key text, winner text, state jsonb, items jsonb)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  greatest_event text;
BEGIN
  -- The same lock as batches that change orders, alone: none may come between.
  PERFORM pg_advisory_xact_lock((4212::bigint << 32) + 10000001);
  SELECT h.event_id INTO greatest_event FROM sales.order_status_history h
  WHERE h.source = order_source AND h.order_id = order_key
  ORDER BY h.status_time DESC, h.status_rank DESC, h.event_id DESC LIMIT 1;
  IF greatest_event IS DISTINCT FROM winner THEN
    RETURN false;
  END IF;
  DELETE FROM sales.order_items i WHERE i.source = order_source AND i.order_id = order_key
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(coalesce(items, '[]')) n WHERE (n ->> 'line_no')::integer = i.line_no);
  IF winner IS NULL THEN
    DELETE FROM sales.orders o WHERE o.source = order_source AND o.order_id = order_key;
    RETURN true;
  END IF;
  INSERT INTO sales.orders AS o (source, order_id, kind, user_id, order_status, status_rank, status_time, event_id,
    purchase_time, currency, total_amount, product_lines, payment_method, shipping_address, country, _partition,
    _offset, _kafka_time)
  SELECT order_source, order_key, w.kind, w.user_id, w.order_status, w.status_rank, w.status_time, winner,
    w.purchase_time, w.currency, w.total_amount, w.product_lines, w.payment_method, w.shipping_address, w.country,
    w._partition, w._offset, w._kafka_time
  FROM jsonb_to_record(state) AS w (kind text, user_id text, order_status text, status_rank smallint,
    status_time timestamptz, purchase_time timestamptz, currency text, total_amount numeric, product_lines integer,
    payment_method text, shipping_address text, country text, _partition integer, _offset bigint,
    _kafka_time timestamptz)
  ON CONFLICT (source, order_id) DO UPDATE SET kind = excluded.kind, user_id = excluded.user_id,
    order_status = excluded.order_status, status_rank = excluded.status_rank, status_time = excluded.status_time,
    event_id = excluded.event_id, purchase_time = excluded.purchase_time, currency = excluded.currency,
    total_amount = excluded.total_amount, product_lines = excluded.product_lines,
    payment_method = excluded.payment_method, shipping_address = excluded.shipping_address,
    country = excluded.country, _partition = excluded._partition, _offset = excluded._offset,
    _kafka_time = excluded._kafka_time, _processed_at = now();
  INSERT INTO sales.order_items AS i (source, order_id, line_no, product_id, description, quantity, unit_price)
  SELECT order_source, order_key, n.line_no, n.product_id, n.description, n.quantity, n.unit_price
  FROM jsonb_to_recordset(items) AS n (line_no integer, product_id text, description text, quantity integer,
    unit_price numeric)
  ON CONFLICT (source, order_id, line_no) DO UPDATE SET product_id = excluded.product_id,
    description = excluded.description, quantity = excluded.quantity, unit_price = excluded.unit_price
  WHERE (i.product_id, i.description, i.quantity, i.unit_price)
    IS DISTINCT FROM (excluded.product_id, excluded.description, excluded.quantity, excluded.unit_price);
  UPDATE sales.order_status_history h SET illegal_transition = f.illegal
  FROM (SELECT e.event_id, NOT sales.is_legal_transition(
      lag(e.order_status) OVER (ORDER BY e.status_time, e.status_rank, e.event_id), e.order_status) AS illegal
    FROM sales.order_status_history e WHERE e.source = order_source AND e.order_id = order_key) f
  WHERE h.source = order_source AND h.order_id = order_key AND h.event_id = f.event_id
    AND h.illegal_transition <> f.illegal;
  RETURN true;
END
$$;

-- Counts one business day anew after a repair.
CREATE FUNCTION ops.rebuild_kpi_day(business_day date) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT kpi.rebuild_day(business_day) $$;
REVOKE EXECUTE ON FUNCTION ops.rebuild_kpi_day(date), ops.repair_web_event(uuid, date, jsonb),
  ops.repair_order_event(text, text, text, jsonb), ops.repair_order(text, text, text, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.rebuild_kpi_day(date), ops.repair_web_event(uuid, date, jsonb),
  ops.repair_order_event(text, text, text, jsonb), ops.repair_order(text, text, text, jsonb, jsonb) TO ebb_ledger;
