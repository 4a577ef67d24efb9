-- Quartiles, fences and medians of a build's customers: one row, from which segments and outlier classes follow. Ties are
-- counted, because the strict comparison puts a customer who is exactly on a median into the worse class.
with customers as (
  select Recency, Frequency, Monetary from {{ ref('customer_rfm_gold') }}
),

sorted as (
  select
    count() as customers,
    sum(Monetary) as monetary,
    arraySort(groupArray(Recency)) as r,
    arraySort(groupArray(toInt64(Frequency))) as f,
    arraySort(groupArray(Monetary)) as m
  from customers
),

quartiles as (
  select
    customers,
    monetary,
    {{ quartile_type7('r', 2) }} as median_recency,
    {{ quartile_type7('f', 2) }} as median_frequency,
    {{ quartile_type7('m', 2) }} as median_monetary,
    {{ quartile_type7('f', 1) }} as frequency_q1,
    {{ quartile_type7('f', 3) }} as frequency_q3,
    {{ quartile_type7('m', 1) }} as monetary_q1,
    {{ quartile_type7('m', 3) }} as monetary_q3,
    arrayCount(x -> toDecimal128(x, 4) = median_recency, r) as at_median_recency,
    arrayCount(x -> toDecimal128(x, 4) = median_frequency, f) as at_median_frequency,
    arrayCount(x -> toDecimal128(x, 4) = median_monetary, m) as at_median_monetary
  from sorted
)

select
  {{ as_of_retail() }} as as_of,
  toUInt32(customers) as customers,
  toDecimal128(monetary, 2) as monetary,
  {% for name in ['median_recency', 'median_frequency', 'median_monetary', 'frequency_q1', 'frequency_q3', 'monetary_q1', 'monetary_q3'] -%}
  cast({{ name }} as Nullable(Decimal(38, 4))) as {{ name }},
  {% endfor -%}
  {% for name in ['frequency', 'monetary'] -%}
  -- One and a half interquartile ranges beyond the quartiles.
  cast({{ name }}_q1 - ({{ name }}_q3 - {{ name }}_q1) * 3 / 2 as Nullable(Decimal(38, 4))) as {{ name }}_low_fence,
  cast({{ name }}_q3 + ({{ name }}_q3 - {{ name }}_q1) * 3 / 2 as Nullable(Decimal(38, 4))) as {{ name }}_high_fence,
  {% endfor -%}
  toUInt32(at_median_recency) as customers_at_median_recency,
  toUInt32(at_median_frequency) as customers_at_median_frequency,
  toUInt32(at_median_monetary) as customers_at_median_monetary,
  {{ built_at() }} as mart_loaded_at
from quartiles
