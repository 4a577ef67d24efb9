-- From the single customers, not from the summary by month.
SELECT count() AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop' AND registration_date IS NOT NULL
