-- From the single tickets.
SELECT uniqExact(issue_type) AS figure
FROM marts.dim_support_ticket
