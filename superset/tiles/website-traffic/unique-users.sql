-- From the raw events of today, not from the KPIs.
SELECT count(DISTINCT user_key)
FROM stream.web_events
WHERE source = 'shop' AND (event_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
