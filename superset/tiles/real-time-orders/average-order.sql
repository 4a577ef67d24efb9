-- From the state of the single orders of today, not from the KPIs.
SELECT avg(total_amount)
FROM sales.orders
WHERE source = 'shop' AND currency = 'USD'
  AND (purchase_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date AND kind = 'order' AND order_status NOT IN ('cancelled', 'returned')
