-- From the rows of the published run, not from the view.
SELECT meaning AS what, method AS how, roc_auc AS auc, ece AS error, customers AS tested, churned AS gone
FROM ml.churn_back_test_runs
WHERE source = 'retail' AND write_id = (
  SELECT argMax(write_id, _version) FROM ml.publication WHERE kind = 'churn_scores' AND source = 'retail'
)
