-- Each rule has one row.
SELECT rule AS name, layer AS place, meaning AS text, on_failure AS what, broken AS figure, checked AS tried
FROM marts.retail_rule_results
