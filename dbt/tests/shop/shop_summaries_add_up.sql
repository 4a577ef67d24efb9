-- Summaries whose sums are not those of the customers they are made of.
with customers as (
  select
    source,
    count() as n,
    sum(total_orders) as orders,
    {{ sum_or_null('total_spend') }} as spend,
    sum(total_web_events) as events,
    sum(sessions) as visits,
    countIf(registration_date is not null) as registered
  from {{ ref('int_customer_profiles_ml') }}
  group by source
),

by_country as (
  select
    source,
    sum(num_customers) as n,
    sum(total_orders) as orders,
    {{ sum_or_null('total_spend') }} as spend,
    sum(total_web_events) as events,
    sum(unique_sessions) as visits
  from {{ ref('customer_country_summary') }}
  group by source
),

by_month as (
  select source, sum(new_customers) as n
  from {{ ref('customer_monthly_summary') }}
  group by source
)

select c.*, b.n as country_n, b.spend as country_spend, m.n as month_n
from customers as c
left join by_country as b on b.source = c.source
left join by_month as m on m.source = c.source
where
  tuple(c.n, c.orders, c.events, c.visits) != tuple(b.n, b.orders, b.events, b.visits)
  or c.spend is distinct from b.spend
  or c.registered != ifNull(m.n, 0)
