-- From the single customers, not from the summary by country.
SELECT ifNull(country, 'unknown') AS name, sum(spend_last_30_days) AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop'
GROUP BY name ORDER BY figure DESC LIMIT 15
