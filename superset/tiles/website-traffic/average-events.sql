-- From the raw events of today, not from the KPIs.
SELECT count(*)::numeric / nullif(count(DISTINCT date_trunc('minute', event_time, 'UTC')), 0)
FROM stream.web_events
WHERE source = 'shop' AND (event_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
