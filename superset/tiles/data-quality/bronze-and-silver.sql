-- Each day and layer has one row.
SELECT date AS day, layer AS name, null_customer_ids AS figure
FROM marts.bronze_silver_dq_comparison
