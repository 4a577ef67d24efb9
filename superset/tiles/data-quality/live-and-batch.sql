-- Counted in the array of all states.
SELECT arrayJoin(groupUniqArray(state)) AS name, countEqual(groupArray(state), name) AS figure
FROM marts.live_vs_batch
