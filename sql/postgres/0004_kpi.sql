-- Live KPIs. Stored in parts, one per writer of a window, so that parallel writers never wait for each other; the views
-- add the parts up. Every change of a part raises its revision.

CREATE TABLE kpi.web_minute_parts (
  window_start timestamptz NOT NULL,
  source text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  total_events bigint NOT NULL,
  unique_users bigint NOT NULL,
  total_page_views bigint NOT NULL,
  total_product_clicks bigint NOT NULL,
  total_sessions bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (window_start, source, part)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

CREATE TABLE kpi.web_day_parts (
  -- Day in the business time zone.
  day date NOT NULL,
  source text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  total_events bigint NOT NULL,
  unique_users bigint NOT NULL,
  total_page_views bigint NOT NULL,
  total_product_clicks bigint NOT NULL,
  total_sessions bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (day, source, part)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

-- Sums may exceed what one amount may: a stream of absurd but valid amounts must not stop the pipeline.
CREATE TABLE kpi.order_minute_parts (
  window_start timestamptz NOT NULL,
  source text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  total_orders bigint NOT NULL,
  valid_orders bigint NOT NULL,
  gross_amount numeric(38, 4) NOT NULL,
  valid_amount numeric(38, 4) NOT NULL,
  total_products bigint NOT NULL,
  credit_amount numeric(38, 4) NOT NULL,
  adjustment_amount numeric(38, 4) NOT NULL,
  credit_notes bigint NOT NULL,
  adjustments bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (window_start, source, currency, part)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

CREATE TABLE kpi.order_day_parts (
  day date NOT NULL,
  source text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  total_orders bigint NOT NULL,
  valid_orders bigint NOT NULL,
  gross_amount numeric(38, 4) NOT NULL,
  valid_amount numeric(38, 4) NOT NULL,
  total_products bigint NOT NULL,
  credit_amount numeric(38, 4) NOT NULL,
  adjustment_amount numeric(38, 4) NOT NULL,
  credit_notes bigint NOT NULL,
  adjustments bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (day, source, currency, part)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

-- Who was counted in which window. A row that is already there was counted before, whoever wrote it: uniques are exact
-- for any number of partitions and instances, and nothing has to be rebuilt at a start.
-- One 16-byte key, since comparing keys is most of the work: 4 bytes number the window (kpi.window_number), 12 bytes are
-- the first of SHA-256 over source and user (kpi.window_key). Two of 10^9 users of a window collide with probability 6e-12.
CREATE TABLE kpi.window_members (
  member uuid PRIMARY KEY,
  -- The session this user was first seen with in the window (kpi.session_hash); never changed. Null: none.
  first_session bigint
) PARTITION BY RANGE (member);

-- Sessions of a user beyond the first one in the window.
CREATE TABLE kpi.window_sessions (
  member uuid NOT NULL,
  session bigint NOT NULL,
  PRIMARY KEY (member, session)
) PARTITION BY RANGE (member);

-- Raised by every rebuild: what a writer remembers of earlier generations may no longer be stored.
CREATE TABLE kpi.generation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  value bigint NOT NULL
);
INSERT INTO kpi.generation (value) VALUES (1);

-- Windows in the order of time: the minutes of a UTC day, then the business day of the same date (minute 1440).
CREATE FUNCTION kpi.window_number(day date, minute integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (day - date '1970-01-01' + 1) * 1441 + minute;

-- The least key of a window; without a minute, the least of the day.
CREATE FUNCTION kpi.first_key(day date, minute integer DEFAULT 0) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (lpad(to_hex(kpi.window_number(day, minute)), 8, '0') || repeat('0', 24))::uuid;

CREATE FUNCTION kpi.window_key(day date, minute integer, source text, user_key text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (lpad(to_hex(kpi.window_number(day, minute)), 8, '0')
  || encode(substring(sha256(convert_to(source || '|' || user_key, 'UTF8')) FROM 1 FOR 12), 'hex'))::uuid;

CREATE FUNCTION kpi.session_hash(session_id text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ('x' || encode(substring(sha256(convert_to(session_id, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint;

CREATE FUNCTION kpi.business_timezone() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT value FROM ops.settings WHERE key = 'business_timezone'), 'UTC');

-- The business day of a moment is that of its UTC minute, so that a minute never belongs to two days.
CREATE FUNCTION kpi.business_day(moment timestamptz, timezone text) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (date_trunc('minute', moment, 'UTC') AT TIME ZONE timezone)::date;

-- Creates what a day needs, where it is missing: the partitions of raw events and of window members. Safe to run side by
-- side; attaching, unlike CREATE TABLE ... PARTITION OF, lets inserts into the parent go on. The aggregator reads single
-- days by name, where going through the parent would touch all of them.
CREATE FUNCTION stream.ensure_days(days date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one_day date;
  parent text;
  child text;
  bounds text;
  created integer := 0;
BEGIN
  FOR one_day IN SELECT DISTINCT d FROM unnest(days) d ORDER BY d LOOP
    CONTINUE WHEN to_regclass(format('kpi.window_sessions_%s', to_char(one_day, 'YYYYMMDD'))) IS NOT NULL;
    PERFORM pg_advisory_xact_lock(4212, 2);
    FOREACH parent IN ARRAY ARRAY['stream.web_events', 'kpi.window_members', 'kpi.window_sessions'] LOOP
      child := parent || '_' || to_char(one_day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(child) IS NOT NULL;
      bounds := CASE parent
        WHEN 'stream.web_events' THEN format('FROM (%L) TO (%L)', one_day, one_day + 1)
        ELSE format('FROM (%L) TO (%L)', kpi.first_key(one_day), kpi.first_key(one_day + 1)) END;
      EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', child, parent);
      EXECUTE format('GRANT SELECT ON %s TO ebb_aggregator', child);
      EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES %s', parent, child, bounds);
    END LOOP;
    created := created + 1;
  END LOOP;
  RETURN created;
END
$$;

-- Drops the raw events and members of one day and records it; the KPIs of the day stay.
CREATE FUNCTION stream.drop_day(one_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  suffix text := to_char(one_day, 'YYYYMMDD');
  events bigint;
  bytes bigint;
BEGIN
  IF to_regclass('stream.web_events_' || suffix) IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT count(*) FROM stream.web_events_%s', suffix) INTO events;
  bytes := pg_total_relation_size('stream.web_events_' || suffix)
    + pg_total_relation_size('kpi.window_members_' || suffix)
    + pg_total_relation_size('kpi.window_sessions_' || suffix);
  EXECUTE format('DROP TABLE stream.web_events_%1$s, kpi.window_members_%1$s, kpi.window_sessions_%1$s', suffix);
  INSERT INTO stream.dropped_days (day, events, bytes) VALUES (one_day, events, bytes);
  RETURN events;
END
$$;

REVOKE EXECUTE ON FUNCTION stream.ensure_days(date[]), stream.drop_day(date) FROM PUBLIC;

-- Made ahead from the start, so that the first event does not wait for DDL.
SELECT stream.ensure_days(ARRAY(SELECT (now() AT TIME ZONE 'UTC')::date + n FROM generate_series(-1, 7) n));

-- A window is complete once no on-time event is expected for it; a later event still corrects it.
CREATE VIEW kpi.web_minute AS
SELECT
  p.window_start,
  p.window_start + interval '1 minute' AS window_end,
  p.source,
  sum(p.total_events)::bigint AS total_events,
  sum(p.unique_users)::bigint AS unique_users,
  sum(p.total_page_views)::bigint AS total_page_views,
  sum(p.total_product_clicks)::bigint AS total_product_clicks,
  sum(p.total_sessions)::bigint AS total_sessions,
  sum(p.revision)::bigint AS revision,
  max(p.updated_at) AS updated_at,
  coalesce(p.window_start + interval '1 minute'
    <= (SELECT w.watermark FROM stream.event_watermarks w WHERE w.kind = 'website'), false) AS is_complete
FROM kpi.web_minute_parts p
GROUP BY p.window_start, p.source;

CREATE VIEW kpi.web_day AS
SELECT
  p.day,
  p.source,
  sum(p.total_events)::bigint AS total_events,
  sum(p.unique_users)::bigint AS unique_users,
  sum(p.total_page_views)::bigint AS total_page_views,
  sum(p.total_product_clicks)::bigint AS total_product_clicks,
  sum(p.total_sessions)::bigint AS total_sessions,
  sum(p.revision)::bigint AS revision,
  max(p.updated_at) AS updated_at,
  coalesce(((p.day + 1)::timestamp AT TIME ZONE (SELECT kpi.business_timezone()))
    <= (SELECT w.watermark FROM stream.event_watermarks w WHERE w.kind = 'website'), false) AS is_complete
FROM kpi.web_day_parts p
GROUP BY p.day, p.source;

-- avg_amount is that of valid orders; net adds the signed credit notes to them.
-- A window all of whose documents have moved elsewhere is no window any more.
CREATE VIEW kpi.order_minute AS
SELECT
  p.window_start,
  p.window_start + interval '1 minute' AS window_end,
  p.source,
  p.currency,
  sum(p.total_orders)::bigint AS total_orders,
  sum(p.valid_orders)::bigint AS valid_orders,
  sum(p.gross_amount) AS gross_amount,
  sum(p.valid_amount + p.credit_amount) AS net_amount,
  round(sum(p.valid_amount) / nullif(sum(p.valid_orders), 0), 4) AS avg_amount,
  sum(p.total_products)::bigint AS total_products,
  sum(p.credit_amount) AS credit_amount,
  sum(p.adjustment_amount) AS adjustment_amount,
  sum(p.credit_notes)::bigint AS credit_notes,
  sum(p.adjustments)::bigint AS adjustments,
  sum(p.revision)::bigint AS revision,
  max(p.updated_at) AS updated_at,
  coalesce(p.window_start + interval '1 minute'
    <= (SELECT w.watermark FROM stream.event_watermarks w WHERE w.kind = 'purchase'), false) AS is_complete
FROM kpi.order_minute_parts p
GROUP BY p.window_start, p.source, p.currency
HAVING (sum(p.total_orders), sum(p.credit_notes), sum(p.adjustments)) <> (0, 0, 0);

CREATE VIEW kpi.order_day AS
SELECT
  p.day,
  p.source,
  p.currency,
  sum(p.total_orders)::bigint AS total_orders,
  sum(p.valid_orders)::bigint AS valid_orders,
  sum(p.gross_amount) AS gross_amount,
  sum(p.valid_amount + p.credit_amount) AS net_amount,
  round(sum(p.valid_amount) / nullif(sum(p.valid_orders), 0), 4) AS avg_amount,
  sum(p.total_products)::bigint AS total_products,
  sum(p.credit_amount) AS credit_amount,
  sum(p.adjustment_amount) AS adjustment_amount,
  sum(p.credit_notes)::bigint AS credit_notes,
  sum(p.adjustments)::bigint AS adjustments,
  sum(p.revision)::bigint AS revision,
  max(p.updated_at) AS updated_at,
  coalesce(((p.day + 1)::timestamp AT TIME ZONE (SELECT kpi.business_timezone()))
    <= (SELECT w.watermark FROM stream.event_watermarks w WHERE w.kind = 'purchase'), false) AS is_complete
FROM kpi.order_day_parts p
GROUP BY p.day, p.source, p.currency
HAVING (sum(p.total_orders), sum(p.credit_notes), sum(p.adjustments)) <> (0, 0, 0);

GRANT USAGE ON SCHEMA kpi TO ebb_aggregator;
GRANT SELECT, INSERT, UPDATE ON kpi.web_minute_parts, kpi.web_day_parts, kpi.order_minute_parts, kpi.order_day_parts
  TO ebb_aggregator;
GRANT SELECT, INSERT ON kpi.window_members, kpi.window_sessions TO ebb_aggregator;
GRANT SELECT ON kpi.generation TO ebb_aggregator;
GRANT EXECUTE ON FUNCTION stream.ensure_days(date[]), stream.drop_day(date) TO ebb_aggregator;
