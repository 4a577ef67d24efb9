-- From the raw events of today, not from the KPIs.
SELECT date_trunc('minute', event_time, 'UTC') AS minute, count(DISTINCT user_key)
FROM stream.web_events
WHERE source = 'shop' AND (event_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
GROUP BY minute
ORDER BY minute DESC LIMIT 2000
