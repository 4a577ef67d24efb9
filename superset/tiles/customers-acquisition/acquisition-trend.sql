-- From the single customers, not from the summary by month.
SELECT toStartOfMonth(assumeNotNull(registration_date)) AS month, count() AS figure
FROM marts.int_customer_profiles_ml
WHERE source = 'shop' AND registration_date IS NOT NULL
GROUP BY month
