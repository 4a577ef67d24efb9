-- Recomputing KPIs from what is stored, beside running aggregators.

-- The UTC days a business day has a part in, ascending.
CREATE FUNCTION kpi.utc_days(business_day date) RETURNS date[]
LANGUAGE sql STABLE
RETURN ARRAY(
  SELECT d::date
  FROM (SELECT (business_day::timestamp AT TIME ZONE kpi.business_timezone()) AT TIME ZONE 'UTC' AS starts,
    ((business_day + 1)::timestamp AT TIME ZONE kpi.business_timezone()) AT TIME ZONE 'UTC' AS ends) b,
    generate_series(b.starts::date, (b.ends - interval '1 microsecond')::date, interval '1 day') d);

-- Waits for the batches that change the day and keeps others out until the end of the transaction. Same keys and same
-- order as services/stream-aggregator/src/locks.ts: UTC days ascending, batches of many days, orders.
CREATE FUNCTION kpi.lock_day(business_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  base bigint := 4212::bigint << 32;
  utc_day date;
BEGIN
  FOREACH utc_day IN ARRAY kpi.utc_days(business_day) LOOP
    PERFORM pg_advisory_xact_lock(base + (utc_day - date '1970-01-01'));
  END LOOP;
  PERFORM pg_advisory_xact_lock(base + 10000000);
  PERFORM pg_advisory_xact_lock(base + 10000001);
END
$$;

-- Counts the web windows and members of one business day anew from the raw events.
CREATE FUNCTION kpi.rebuild_web_day(business_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  zone text := kpi.business_timezone();
  -- Wider than the day by more than any change of an offset: only to read less; business_day decides.
  from_time timestamptz := (business_day::timestamp AT TIME ZONE zone) - interval '3 hours';
  to_time timestamptz := ((business_day + 1)::timestamp AT TIME ZONE zone) + interval '3 hours';
  utc_days date[] := kpi.utc_days(business_day);
BEGIN
  CREATE TEMP TABLE rebuilt_seen ON COMMIT DROP AS
    SELECT e.day AS utc_day,
      floor(extract(epoch FROM e.event_time - (e.day::timestamp AT TIME ZONE 'UTC')) / 60)::integer AS minute_of_day,
      e.source, e.user_key, e.session_id, count(*) AS events,
      count(*) FILTER (WHERE e.event_type = 'page_view') AS page_views,
      count(*) FILTER (WHERE e.event_type = 'product_view') AS product_clicks
    FROM stream.web_events e
    WHERE e.day = ANY (utc_days)
      AND e.event_time >= from_time AND e.event_time < to_time
      AND kpi.business_day(e.event_time, zone) = rebuild_web_day.business_day
    GROUP BY 1, 2, 3, 4, 5;

  CREATE TEMP TABLE rebuilt_windows ON COMMIT DROP AS
    SELECT d.utc_day AS day, m.minute
    FROM unnest(utc_days) d (utc_day), generate_series(0, 1439) m (minute)
    WHERE kpi.business_day((d.utc_day::timestamp AT TIME ZONE 'UTC') + m.minute * interval '1 minute', zone)
      = rebuild_web_day.business_day
    UNION ALL SELECT rebuild_web_day.business_day, 1440;
  DELETE FROM kpi.window_members m USING rebuilt_windows w
    WHERE m.member >= kpi.first_key(w.day, w.minute) AND m.member < kpi.first_key(w.day, w.minute + 1);
  DELETE FROM kpi.window_sessions m USING rebuilt_windows w
    WHERE m.member >= kpi.first_key(w.day, w.minute) AND m.member < kpi.first_key(w.day, w.minute + 1);
  CREATE TEMP TABLE rebuilt_sessions ON COMMIT DROP AS
    SELECT DISTINCT kpi.window_key(utc_day, minute_of_day, source, user_key) AS member,
      kpi.session_hash(session_id) AS session
    FROM rebuilt_seen
    UNION
    SELECT kpi.window_key(rebuild_web_day.business_day, 1440, source, user_key), kpi.session_hash(session_id)
    FROM rebuilt_seen;
  INSERT INTO kpi.window_members (member, first_session) SELECT member, min(session) FROM rebuilt_sessions GROUP BY member;
  INSERT INTO kpi.window_sessions (member, session)
    SELECT member, session FROM (
      SELECT member, session, min(session) OVER (PARTITION BY member) AS first_session FROM rebuilt_sessions) s
    WHERE session <> first_session;

  CREATE TEMP TABLE rebuilt_before ON COMMIT DROP AS
    SELECT window_start, NULL::date AS day, source, sum(revision)::bigint AS revision
    FROM kpi.web_minute_parts
    WHERE window_start >= from_time AND window_start < to_time
      AND kpi.business_day(window_start, zone) = rebuild_web_day.business_day
    GROUP BY window_start, source
    UNION ALL
    SELECT NULL, p.day, p.source, sum(revision)::bigint
    FROM kpi.web_day_parts p WHERE p.day = rebuild_web_day.business_day GROUP BY p.day, p.source;
  DELETE FROM kpi.web_minute_parts
    WHERE window_start >= from_time AND window_start < to_time
      AND kpi.business_day(window_start, zone) = rebuild_web_day.business_day;
  DELETE FROM kpi.web_day_parts p WHERE p.day = rebuild_web_day.business_day;
  INSERT INTO kpi.web_minute_parts (window_start, source, part, total_events, unique_users, total_page_views,
      total_product_clicks, total_sessions, revision)
    SELECT n.window_start, n.source, 0, n.events, n.users, n.page_views, n.product_clicks, n.sessions,
      coalesce(b.revision, 0) + 1
    FROM (
      SELECT (utc_day::timestamp AT TIME ZONE 'UTC') + minute_of_day * interval '1 minute' AS window_start, source,
        sum(events) AS events, count(DISTINCT user_key) AS users, sum(page_views) AS page_views,
        sum(product_clicks) AS product_clicks,
        count(DISTINCT (user_key, session_id)) FILTER (WHERE session_id IS NOT NULL) AS sessions
      FROM rebuilt_seen GROUP BY utc_day, minute_of_day, source) n
    LEFT JOIN rebuilt_before b ON b.window_start = n.window_start AND b.source = n.source;
  INSERT INTO kpi.web_day_parts (day, source, part, total_events, unique_users, total_page_views,
      total_product_clicks, total_sessions, revision)
    SELECT rebuild_web_day.business_day, n.source, 0, n.events, n.users, n.page_views, n.product_clicks, n.sessions,
      coalesce(b.revision, 0) + 1
    FROM (
      SELECT source, sum(events) AS events, count(DISTINCT user_key) AS users, sum(page_views) AS page_views,
        sum(product_clicks) AS product_clicks,
        count(DISTINCT (user_key, session_id)) FILTER (WHERE session_id IS NOT NULL) AS sessions
      FROM rebuilt_seen GROUP BY source) n
    LEFT JOIN rebuilt_before b ON b.day = rebuild_web_day.business_day AND b.source = n.source;
  DROP TABLE rebuilt_seen, rebuilt_windows, rebuilt_sessions, rebuilt_before;
END
$$;

-- What one document adds to its windows; the same rules as orderContribution in packages/contracts.
CREATE VIEW kpi.order_contributions AS
SELECT o.source, o.order_id, o.currency, o.purchase_time,
  (o.kind = 'order')::integer AS total_orders,
  v.is_valid::integer AS valid_orders,
  CASE WHEN o.kind = 'order' THEN o.total_amount ELSE 0 END AS gross_amount,
  CASE WHEN v.is_valid THEN o.total_amount ELSE 0 END AS valid_amount,
  CASE WHEN o.kind = 'order' THEN o.product_lines ELSE 0 END AS total_products,
  CASE WHEN o.kind = 'credit_note' THEN o.total_amount ELSE 0 END AS credit_amount,
  CASE WHEN o.kind = 'adjustment' THEN o.total_amount ELSE 0 END AS adjustment_amount,
  (o.kind = 'credit_note')::integer AS credit_notes,
  (o.kind = 'adjustment')::integer AS adjustments
FROM sales.orders o
CROSS JOIN LATERAL (SELECT o.kind = 'order' AND o.order_status NOT IN ('cancelled', 'returned') AS is_valid) v;

-- Counts the order windows of one business day anew from the orders.
CREATE FUNCTION kpi.rebuild_order_day(business_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  zone text := kpi.business_timezone();
  from_time timestamptz := (business_day::timestamp AT TIME ZONE zone) - interval '3 hours';
  to_time timestamptz := ((business_day + 1)::timestamp AT TIME ZONE zone) + interval '3 hours';
BEGIN
  CREATE TEMP TABLE rebuilt_before ON COMMIT DROP AS
    SELECT window_start, NULL::date AS day, source, currency, sum(revision)::bigint AS revision
    FROM kpi.order_minute_parts
    WHERE window_start >= from_time AND window_start < to_time
      AND kpi.business_day(window_start, zone) = rebuild_order_day.business_day
    GROUP BY window_start, source, currency
    UNION ALL
    SELECT NULL, p.day, p.source, p.currency, sum(revision)::bigint
    FROM kpi.order_day_parts p WHERE p.day = rebuild_order_day.business_day GROUP BY p.day, p.source, p.currency;
  DELETE FROM kpi.order_minute_parts
    WHERE window_start >= from_time AND window_start < to_time
      AND kpi.business_day(window_start, zone) = rebuild_order_day.business_day;
  DELETE FROM kpi.order_day_parts p WHERE p.day = rebuild_order_day.business_day;
  INSERT INTO kpi.order_minute_parts (window_start, source, currency, part, total_orders, valid_orders, gross_amount,
      valid_amount, total_products, credit_amount, adjustment_amount, credit_notes, adjustments, revision)
    SELECT n.*, coalesce(b.revision, 0) + 1
    FROM (
      SELECT date_trunc('minute', purchase_time, 'UTC') AS window_start, source, currency, 0 AS part,
        sum(total_orders), sum(valid_orders), sum(gross_amount), sum(valid_amount), sum(total_products),
        sum(credit_amount), sum(adjustment_amount), sum(credit_notes), sum(adjustments)
      FROM kpi.order_contributions
      WHERE purchase_time >= from_time AND purchase_time < to_time
        AND kpi.business_day(purchase_time, zone) = rebuild_order_day.business_day
      GROUP BY 1, 2, 3) n
    LEFT JOIN rebuilt_before b USING (window_start, source, currency);
  INSERT INTO kpi.order_day_parts (day, source, currency, part, total_orders, valid_orders, gross_amount, valid_amount,
      total_products, credit_amount, adjustment_amount, credit_notes, adjustments, revision)
    SELECT n.*, coalesce(b.revision, 0) + 1
    FROM (
      SELECT rebuild_order_day.business_day AS day, source, currency, 0 AS part,
        sum(total_orders), sum(valid_orders), sum(gross_amount), sum(valid_amount), sum(total_products),
        sum(credit_amount), sum(adjustment_amount), sum(credit_notes), sum(adjustments)
      FROM kpi.order_contributions
      WHERE purchase_time >= from_time AND purchase_time < to_time
        AND kpi.business_day(purchase_time, zone) = rebuild_order_day.business_day
      GROUP BY source, currency) n
    LEFT JOIN rebuilt_before b USING (day, source, currency);
  DROP TABLE rebuilt_before;
END
$$;

-- Rebuilds one business day, orders and web, in the caller's transaction, beside running aggregators. Web KPIs of a day
-- whose raw events were dropped cannot be recomputed and stay as they are; returns whether they were rebuilt.
CREATE FUNCTION kpi.rebuild_day(business_day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  has_raw boolean;
BEGIN
  PERFORM kpi.lock_day(business_day);
  PERFORM kpi.rebuild_order_day(business_day);
  has_raw := NOT EXISTS (SELECT FROM stream.dropped_days d WHERE d.day = ANY (kpi.utc_days(business_day)));
  IF has_raw THEN
    PERFORM stream.ensure_days(kpi.utc_days(business_day) || business_day);
    PERFORM kpi.rebuild_web_day(business_day);
    UPDATE kpi.generation SET value = value + 1;
  END IF;
  RETURN has_raw;
END
$$;

-- Business days in a range that have figures, orders or raw events; up to today unless an end is given.
CREATE FUNCTION kpi.rebuildable_days(from_day date, to_day date) RETURNS SETOF date
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT d.day
  FROM (
    SELECT day FROM kpi.web_day_parts
    UNION SELECT day FROM kpi.order_day_parts
    UNION SELECT kpi.business_day(purchase_time, kpi.business_timezone()) FROM sales.orders
    UNION SELECT g.day::date
      FROM generate_series(from_day, coalesce(to_day, kpi.business_day(now(), kpi.business_timezone())), interval '1 day')
        g (day)
      WHERE EXISTS (SELECT FROM stream.web_events e WHERE e.day = ANY (kpi.utc_days(g.day::date)))) d
  WHERE d.day >= from_day AND d.day <= coalesce(to_day, kpi.business_day(now(), kpi.business_timezone()))
  ORDER BY d.day;
END;
REVOKE EXECUTE ON FUNCTION kpi.lock_day(date), kpi.rebuild_web_day(date), kpi.rebuild_order_day(date),
  kpi.rebuild_day(date), kpi.rebuildable_days(date, date) FROM PUBLIC;
