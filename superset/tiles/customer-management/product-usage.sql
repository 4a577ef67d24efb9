-- From the facts, not from the dimension alone.
SELECT u.product_type AS name, count() AS figure
FROM marts.fact_customer_activity AS a
INNER JOIN marts.dim_usage AS u ON u.usage_log_id = assumeNotNull(a.usage_log_id)
WHERE a.activity_type = 'statement'
GROUP BY name
