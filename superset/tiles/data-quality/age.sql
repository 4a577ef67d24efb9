-- The newest state of each build, without FINAL.
SELECT dateDiff('minute', max(built), now64(3, 'UTC')) / 60.0 AS figure
FROM (
  SELECT id, argMax(built_at, _version) AS built, argMax(tests_passed, _version) AS passed, argMax(state, _version) AS last_state
  FROM marts.publication GROUP BY id
)
WHERE last_state = 'published'
