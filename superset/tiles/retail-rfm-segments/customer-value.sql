-- From the single customers before they got segments.
SELECT sum(Monetary) / count() AS figure
FROM marts.customer_rfm_gold
