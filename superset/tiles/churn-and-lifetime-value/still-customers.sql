-- From the rows of the published run, not from the view.
SELECT 100 * sum(probability_alive) / count() AS figure
FROM ml.customer_clv_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'clv' AND source = 'retail'
)
