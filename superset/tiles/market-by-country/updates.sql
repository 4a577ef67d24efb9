-- The newest state of each build, without FINAL.
SELECT uniqExact(id) AS figure
FROM (SELECT id, argMax(state, _version) AS last_state FROM marts.publication GROUP BY id)
WHERE last_state IN ('published', 'replaced')
