-- From the lines of the single orders of today, not from the KPIs.
SELECT count(*)
FROM sales.order_items AS i
INNER JOIN (
  SELECT source, order_id
  FROM sales.orders
  WHERE source = 'shop' AND currency = 'USD'
    AND (purchase_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date AND kind = 'order'
) AS o ON o.source = i.source AND o.order_id = i.order_id
WHERE i.quantity > 0
