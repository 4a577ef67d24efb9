-- The middle of the sorted days, or the mean of the two in the middle.
SELECT (days[intDiv(length(days) + 1, 2)] + days[intDiv(length(days), 2) + 1]) / 2 AS figure
FROM (SELECT arraySort(groupArray(Recency)) AS days FROM marts.customer_rfm_gold)
