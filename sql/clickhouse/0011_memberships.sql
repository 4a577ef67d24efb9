-- Which cluster a customer was in, by every run that was ever published and whose rows are kept. cluster is null for who
-- was in none.
CREATE OR REPLACE VIEW ml.customer_memberships AS
SELECT 'rfm_segments' AS kind, source, CustomerID AS customer_id, CAST(r.ClusterLabel AS Nullable(String)) AS cluster, as_of,
  UpdateDate AS updated_at, run_id
FROM ml.customer_rfm_kmeans_clustered_runs AS r
WHERE write_id IN (SELECT write_id FROM ml.publication_log WHERE kind = 'rfm_segments')
UNION ALL
SELECT 'behaviour_clusters' AS kind, source, customer_id,
  if(r.cluster IS NULL, NULL, CAST(r.cluster_name AS Nullable(String))) AS cluster, as_of, updated_at, run_id
FROM ml.customer_clusters_runs AS r
WHERE write_id IN (SELECT write_id FROM ml.publication_log WHERE kind = 'behaviour_clusters');
