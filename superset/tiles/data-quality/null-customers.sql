-- From the lines as they landed.
SELECT countIf(ifNull(trimBoth(CustomerID), '') = '') AS figure
FROM raw.retail_transactions_bronze_current
