-- Every row of the history.
SELECT n.full_name AS name, m.dw_start_date AS since, m.dw_end_date AS until, m.clv_ltv AS figure
FROM marts.fact_customer_metrics AS m
INNER JOIN (SELECT customer_id, argMax(full_name, valid_from) AS full_name FROM marts.dim_customer GROUP BY customer_id) AS n
  ON n.customer_id = m.customer_id
