-- From the state of the single orders of today, not from the KPIs.
SELECT date_trunc('minute', purchase_time, 'UTC') AS minute, coalesce(sum(total_amount) FILTER (WHERE kind = 'order' AND order_status NOT IN ('cancelled', 'returned') OR kind = 'credit_note'), 0)
FROM sales.orders
WHERE source = 'shop' AND currency = 'USD'
  AND (purchase_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
GROUP BY minute
ORDER BY minute DESC LIMIT 2000
