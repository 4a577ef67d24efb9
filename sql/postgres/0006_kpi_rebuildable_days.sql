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
REVOKE EXECUTE ON FUNCTION kpi.rebuildable_days(date, date) FROM PUBLIC;
