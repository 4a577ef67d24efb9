-- From the single customers, not from the summary by month.
SELECT if(countIf(total_spend IS NULL) = 0, sum(total_spend), NULL) AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop' AND registration_date IS NOT NULL
