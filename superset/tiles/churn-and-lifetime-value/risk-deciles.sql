-- From the rows of the published run, not from the view.
SELECT risk_decile AS decile, sum(churn_probability) AS figure
FROM ml.customer_churn_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'churn_scores' AND source = 'retail'
)
GROUP BY decile
