-- From the single customers before they got segments.
SELECT uniqExact(CustomerID) AS figure
FROM marts.customer_rfm_gold
