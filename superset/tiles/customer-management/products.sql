-- From the single statements.
SELECT uniqExact(product_type) AS figure
FROM marts.dim_usage
