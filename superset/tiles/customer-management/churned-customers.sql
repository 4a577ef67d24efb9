-- From the single customers.
SELECT countIf(is_churned) AS figure
FROM marts.dim_customer
WHERE is_current
