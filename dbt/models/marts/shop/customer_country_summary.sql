{{ config(materialized='table', order_by='(source, country, tier, channel)', contract={'enforced': true}) }}

-- Customers by country, tier and channel. Sums of money are null where one customer's is not known.
with customers as (
  select
    * except (country, tier, channel),
    ifNull(country, 'unknown') as country,
    ifNull(tier, 'unknown') as tier,
    ifNull(channel, 'unknown') as channel
  from {{ ref('int_customer_profiles_ml') }}
)

select
  c.source as source,
  c.country as country,
  c.tier as tier,
  c.channel as channel,
  count() as num_customers,
  sum(c.total_orders) as total_orders,
  {{ sum_or_null('c.total_spend') }} as total_spend,
  {{ reporting_currency() }} as currency,
  sum(c.orders_last_30_days) as orders_last_30_days,
  {{ sum_or_null('c.spend_last_30_days') }} as spend_last_30_days,
  sum(c.total_web_events) as total_web_events,
  sum(c.sessions) as unique_sessions,
  {{ mean_of('c.days_since_last_purchase') }} as avg_days_since_last_order,
  {{ mean_of('c.days_since_last_web_activity') }} as avg_days_since_last_web_activity,
  {{ mean_of('c.days_since_registration') }} as avg_days_since_registration,
  {{ built_at() }} as mart_loaded_at
from customers as c
group by c.source, c.country, c.tier, c.channel
