-- Scheme C, per customer: a value tier by Monetary against the median and an engagement by strict comparison of Recency
-- and Frequency with theirs. Beside it the class of the outlier rule: -1 in value alone, -2 in frequency alone, -3 in
-- both, 0 the rest, which goes on to clustering. These are classes, never numbers of clusters.
select
  gold.CustomerID as CustomerID,
  gold.Recency as Recency,
  gold.Frequency as Frequency,
  gold.Monetary as Monetary,
  toLowCardinality(multiIf(
    gold.Monetary > 2 * assumeNotNull(statistics.median_monetary), 'High',
    gold.Monetary > assumeNotNull(statistics.median_monetary), 'Growing',
    'Base'
  )) as value_tier,
  toLowCardinality(multiIf(
    gold.Recency < assumeNotNull(statistics.median_recency),
    if(gold.Frequency > assumeNotNull(statistics.median_frequency), 'Active & Engaged', 'Developing'),
    gold.Frequency > assumeNotNull(statistics.median_frequency), 'At Risk',
    'Inactive'
  )) as engagement,
  toLowCardinality(concat(value_tier, ' Value - ', engagement)) as segment,
  gold.Monetary < assumeNotNull(statistics.monetary_low_fence)
    or gold.Monetary > assumeNotNull(statistics.monetary_high_fence) as is_monetary_outlier,
  gold.Frequency < assumeNotNull(statistics.frequency_low_fence)
    or gold.Frequency > assumeNotNull(statistics.frequency_high_fence) as is_frequency_outlier,
  toInt8(multiIf(
    is_monetary_outlier and is_frequency_outlier, -3, is_frequency_outlier, -2, is_monetary_outlier, -1, 0
  )) as outlier_class,
  gold.as_of as as_of,
  {{ built_at() }} as mart_loaded_at
from {{ ref('customer_rfm_gold') }} as gold
cross join {{ ref('retail_rfm_statistics') }} as statistics
