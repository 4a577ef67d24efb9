-- From the single customers of the clusters, not from their summary.
SELECT c.label AS label, d.text AS text, c.customers AS customers, c.revenue AS revenue, c.days AS days, c.invoices AS invoices
FROM (
  SELECT Cluster AS cluster, any(ClusterLabel) AS label, count() AS customers, sum(Monetary) AS revenue,
    quantileExactInclusive(0.5)(Recency) AS days, quantileExactInclusive(0.5)(Frequency) AS invoices
  FROM ml.customer_rfm_kmeans_clustered WHERE source = 'retail_files' GROUP BY cluster
) AS c
INNER JOIN (
  SELECT Cluster AS cluster, Recommendation AS text FROM ml.cluster_description_and_recommendation
  WHERE source = 'retail_files'
) AS d ON d.cluster = c.cluster
