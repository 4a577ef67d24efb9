-- The rows that hold still, with the newest name.
SELECT n.full_name AS name, m.clv_ltv AS figure
FROM marts.fact_customer_metrics AS m
INNER JOIN (SELECT customer_id, argMax(full_name, valid_from) AS full_name FROM marts.dim_customer GROUP BY customer_id) AS n
  ON n.customer_id = m.customer_id
WHERE m.dw_end_date IS NULL
ORDER BY figure DESC LIMIT 20
