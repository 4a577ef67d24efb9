-- From the single customers.
SELECT round(avg(toFloat64(clv_ltv)), 2) AS figure
FROM marts.fact_customer_metrics
WHERE is_current
