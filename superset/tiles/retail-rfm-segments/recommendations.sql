-- From the single customers, not from the summary.
SELECT r.segment AS segment, any(r.recommendation) AS text, uniqExactIf(c.CustomerID, c.CustomerID != '') AS figure
FROM marts.segment_recommendations AS r
LEFT JOIN marts.customer_segments AS c ON c.segment = r.segment
GROUP BY segment
