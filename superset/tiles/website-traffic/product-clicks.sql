-- From the raw events of today, not from the KPIs.
SELECT count(*)
FROM stream.web_events
WHERE source = 'shop' AND (event_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date AND event_type = 'product_view'
