-- What is quarantined is what is neither valid nor a return.
SELECT day, sum(landed) AS landed_lines, sum(valid) AS valid_lines, sum(used) AS used_lines, sum(apart) AS quarantined_lines
FROM (
  SELECT invoice_date AS day, bronze AS landed, silver AS valid, gold AS used, bronze - silver - returns AS apart
  FROM marts.daily_counts
)
GROUP BY day
