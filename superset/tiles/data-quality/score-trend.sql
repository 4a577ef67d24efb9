-- Valid lines of each day, of all that landed or was kept apart on landing.
SELECT d.processing_date AS day, 100 * d.valid_records / l.landed AS figure
FROM marts.bronze_daily_quality AS d
INNER JOIN (
  SELECT day, sum(n) AS landed
  FROM (
    SELECT processing_date AS day, count() AS n FROM raw.retail_transactions_bronze_current GROUP BY day
    UNION ALL
    SELECT processing_date, count() FROM raw.load_quarantine_current
    WHERE dataset = 'retail_transactions' AND line_no > 0 GROUP BY processing_date
  )
  GROUP BY day
) AS l ON l.day = d.processing_date
