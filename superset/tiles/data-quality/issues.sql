-- Each rule has one row.
SELECT rule AS name, broken AS figure
FROM marts.retail_rule_results
