-- From the single tickets.
SELECT round(avg(toFloat64(resolution_time_hrs)), 2) AS figure
FROM marts.fact_customer_activity
WHERE activity_type = 'ticket'
