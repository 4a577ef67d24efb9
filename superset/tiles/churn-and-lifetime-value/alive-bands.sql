-- From the rows of the published run, not from the view.
SELECT if(probability_alive >= 0.9, 0.9, intDiv(toUInt32(floor(probability_alive * 10)), 1) / 10) AS band, count() AS figure
FROM ml.customer_clv_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'clv' AND source = 'retail'
)
GROUP BY band
