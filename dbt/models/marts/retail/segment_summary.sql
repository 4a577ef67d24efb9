-- One row per segment, also for those without customers. Percentages are differences of rounded running shares, so they
-- add up to 100 exactly.
with segments as (
  select
    recommendations.segment as segment,
    any(recommendations.value_tier) as value_tier,
    any(recommendations.engagement) as engagement,
    countIf(customers.CustomerID is not null) as customers,
    sum(ifNull(customers.Monetary, 0)) as revenue,
    sum(ifNull(customers.Frequency, 0)) as frequency,
    sum(ifNull(customers.Recency, 0)) as recency,
    arraySort(groupArray(assumeNotNull(customers.Monetary))) as m,
    arraySort(groupArray(toInt64(assumeNotNull(customers.Frequency)))) as f,
    arraySort(groupArray(toInt64(assumeNotNull(customers.Recency)))) as r
  from {{ ref('segment_recommendations') }} as recommendations
  left join {{ ref('customer_segments') }} as customers on customers.segment = recommendations.segment
  group by segment
),

shared as (
  select
    *,
    sum(customers) over () as all_customers,
    sum(revenue) over () as all_revenue,
    sum(customers) over running as customers_so_far,
    sum(revenue) over running as revenue_so_far
  from segments
  window running as (order by segment rows between unbounded preceding and current row)
)

select
  segment,
  value_tier,
  engagement,
  toUInt32(customers) as Customer_Count,
  {% for name, sum in [('Monetary', 'revenue'), ('Frequency', 'frequency'), ('Recency', 'recency')] -%}
  cast(if(customers = 0, null, toDecimal128({{ sum }}, 4) / customers) as Nullable(Decimal(38, 4))) as Avg_{{ name }},
  {% endfor -%}
  {% for name, array in [('Monetary', 'm'), ('Frequency', 'f'), ('Recency', 'r')] -%}
  cast(if(customers = 0, null, {{ quartile_type7(array, 2) }}) as Nullable(Decimal(38, 4))) as Med_{{ name }},
  {% endfor -%}
  toDecimal128(revenue, 2) as Total_Revenue,
  {{ retail_running_share('customers_so_far', 'customers', 'all_customers') }} as Pct_of_Customers,
  {{ retail_running_share('revenue_so_far', 'revenue', 'all_revenue') }} as Pct_of_Revenue,
  {{ as_of_retail() }} as as_of,
  {{ built_at() }} as mart_loaded_at
from shared
