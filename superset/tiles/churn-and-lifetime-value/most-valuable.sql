-- From the rows of the published run, not from the view.
SELECT customer_id AS customer, reason AS why, clv AS figure, probability_alive AS alive
FROM ml.customer_clv_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'clv' AND source = 'retail'
)
ORDER BY clv DESC LIMIT 20
