-- From the customers, not from their figures.
SELECT geography AS name, countIf(is_churned) AS churned, 100 * countIf(is_churned) / count() AS percent
FROM marts.dim_customer
WHERE is_current
GROUP BY name
