-- From the single tickets, not from the analysis.
SELECT t.issue_type AS name, round(avg(toFloat64(a.resolution_time_hrs)), 2) AS hours, count() AS tickets
FROM marts.fact_customer_activity AS a
INNER JOIN marts.dim_support_ticket AS t ON t.ticket_id = assumeNotNull(a.ticket_id)
WHERE a.activity_type = 'ticket'
GROUP BY name
