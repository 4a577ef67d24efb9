-- From the single customers, not from the summary by country.
SELECT sum(total_orders) AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop'
