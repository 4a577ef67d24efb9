-- The segments anew, from the medians.
WITH medians AS (
  SELECT quantileExactInclusive(0.5)(toFloat64(Monetary)) AS m, quantileExactInclusive(0.5)(Frequency) AS f,
    quantileExactInclusive(0.5)(Recency) AS r
  FROM marts.customer_rfm_gold
),
customers AS (
  SELECT g.CustomerID AS customer, g.Monetary AS money, g.Recency AS days,
    multiIf(toFloat64(g.Monetary) > 2 * medians.m, 'High', toFloat64(g.Monetary) > medians.m, 'Growing', 'Base') AS tier,
    multiIf(
      g.Recency < medians.r AND g.Frequency > medians.f, 'Active & Engaged',
      g.Recency < medians.r, 'Developing',
      g.Frequency > medians.f, 'At Risk',
      'Inactive'
    ) AS engagement
  FROM marts.customer_rfm_gold AS g
  CROSS JOIN medians
)
SELECT uniqExact(tier, engagement) AS figure
FROM customers
