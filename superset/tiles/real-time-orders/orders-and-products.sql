-- From the state of the single orders of today, not from the KPIs.
SELECT date_trunc('minute', purchase_time, 'UTC') AS minute, count(*) FILTER (WHERE kind = 'order'),
  coalesce(sum(product_lines) FILTER (WHERE kind = 'order'), 0)
FROM sales.orders
WHERE source = 'shop' AND currency = 'USD'
  AND (purchase_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
GROUP BY minute
ORDER BY minute DESC LIMIT 2000
