-- From the single customers; whom nobody observed has no verdict.
SELECT round(100 * countIf(is_churned) / count(is_churned), 2) AS figure
FROM marts.dim_customer
WHERE is_current
