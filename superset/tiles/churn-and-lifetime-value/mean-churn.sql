-- From the rows of the published run, not from the view.
SELECT 100 * sum(churn_probability) / count() AS figure
FROM ml.customer_churn_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'churn_scores' AND source = 'retail'
)
