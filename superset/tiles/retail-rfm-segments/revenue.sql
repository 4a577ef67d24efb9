-- From the single customers before they got segments.
SELECT sum(Monetary) AS figure
FROM marts.customer_rfm_gold
