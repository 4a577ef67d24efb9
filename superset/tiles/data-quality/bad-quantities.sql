-- From the lines as they landed.
SELECT countIf(Quantity IS NULL OR Quantity <= 0) AS figure
FROM raw.retail_transactions_bronze_current
