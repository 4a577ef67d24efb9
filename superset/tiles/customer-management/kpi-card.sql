-- Each figure from its single rows.
SELECT
  (SELECT max(as_of) FROM marts.publication FINAL WHERE state = 'published') AS as_of,
  (SELECT uniqExact(product_type) FROM marts.dim_usage) AS products,
  (SELECT round(100 * countIf(is_churned) / count(is_churned), 2) FROM marts.dim_customer WHERE is_current) AS churn_rate,
  (SELECT countIf(is_churned) FROM marts.dim_customer WHERE is_current) AS churned,
  (SELECT round(avg(toFloat64(resolution_time_hrs)), 2) FROM marts.fact_customer_activity
    WHERE activity_type = 'ticket') AS resolution_hours,
  (SELECT uniqExact(issue_type) FROM marts.dim_support_ticket) AS issue_types,
  (SELECT round(avg(toFloat64(clv_ltv)), 2) FROM marts.fact_customer_metrics WHERE is_current) AS average_clv
