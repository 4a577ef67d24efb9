-- From the lines as they landed.
SELECT count() AS figure
FROM raw.retail_transactions_bronze_current
