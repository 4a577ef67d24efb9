-- From the single customers, not from the summary by country.
SELECT if(countIf(total_spend IS NULL) = 0, sum(total_spend), NULL) AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop'
