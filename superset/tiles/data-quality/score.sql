-- Valid lines of all that landed or was kept apart on landing.
SELECT 100 * (SELECT sum(valid_records) FROM marts.bronze_daily_quality) / (
    (SELECT count() FROM raw.retail_transactions_bronze_current)
    + (SELECT count() FROM raw.load_quarantine_current WHERE dataset = 'retail_transactions' AND line_no > 0)
  ) AS figure
