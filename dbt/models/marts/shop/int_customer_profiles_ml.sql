{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- Every customer there was at the end of the as-of day, known by a profile or by what they did, with everything about
-- them by then: what models of churn and value learn from. No address, no e-mail. The bank's customers have dimensions
-- of their own.
with profiles as (
  select
    c.source as source,
    customer_id,
    registration_date,
    tier,
    channel,
    coalesce(n.country_code, c.country) as country,
    churned_at is not null and churned_at < {{ as_of_end() }} as is_closed
  from {{ ref('stg_customers') }} as c
  inner join {{ ref('int_source_days') }} as a on a.source = c.source
  left join {{ ref('country_names') }} as n on n.given = lower(c.country)
  where c.source != 'bank' and (c.registration_date is null or c.registration_date <= a.as_of)
)

select
  assumeNotNull(coalesce(p.source, f.source)) as source,
  assumeNotNull(coalesce(p.customer_id, f.customer_id)) as customer_id,
  (p.customer_id is not null)::Bool as has_profile,
  p.registration_date as registration_date,
  {{ days_between('p.registration_date', 'a.as_of') }} as days_since_registration,
  p.tier as tier,
  p.channel as channel,
  coalesce(p.country, n.country_code, f.last_country) as country,
  ifNull(p.is_closed, false)::Bool as is_closed,
  ifNull(f.total_orders, 0) as total_orders,
  ifNull(f.placed_orders, 0) as placed_orders,
  if(f.customer_id is null, toDecimal128(0, 4), f.total_spend) as total_spend,
  if(f.customer_id is null, toDecimal128(0, 4), f.credit_amount) as credit_amount,
  f.avg_order_value as avg_order_value,
  {{ reporting_currency() }} as currency,
  f.first_purchase_timestamp as first_purchase_timestamp,
  f.last_purchase_timestamp as last_purchase_timestamp,
  f.days_since_last_purchase as days_since_last_purchase,
  ifNull(f.orders_last_30_days, 0) as orders_last_30_days,
  if(f.customer_id is null, toDecimal128(0, 4), f.spend_last_30_days) as spend_last_30_days,
  ifNull(f.processing_orders, 0) as processing_orders,
  ifNull(f.shipped_orders, 0) as shipped_orders,
  ifNull(f.completed_orders, 0) as completed_orders,
  ifNull(f.cancelled_orders, 0) as cancelled_orders,
  ifNull(f.returned_orders, 0) as returned_orders,
  ifNull(f.num_products, 0) as num_products,
  ifNull(f.total_web_events, 0) as total_web_events,
  ifNull(f.unique_pages_visited, 0) as unique_pages_visited,
  ifNull(f.sessions, 0) as sessions,
  f.first_web_activity_timestamp as first_web_activity_timestamp,
  f.last_web_activity_timestamp as last_web_activity_timestamp,
  f.days_since_last_web_activity as days_since_last_web_activity,
  ifNull(f.total_page_views, 0) as total_page_views,
  ifNull(f.total_add_to_carts, 0) as total_add_to_carts,
  ifNull(f.total_searches, 0) as total_searches,
  ifNull(f.total_product_views, 0) as total_product_views,
  ifNull(f.total_checkouts, 0) as total_checkouts,
  ifNull(f.events_last_30_days, 0) as events_last_30_days,
  ifNull(f.sessions_last_30_days, 0) as sessions_last_30_days,
  ifNull(f.active_days, 0) as active_days,
  f.last_device as last_device,
  a.as_of as as_of,
  {{ built_at() }} as mart_loaded_at
from profiles as p
full outer join {{ ref('marketing_funnel') }} as f on f.source = p.source and f.customer_id = p.customer_id
inner join {{ ref('int_source_days') }} as a on a.source = coalesce(p.source, f.source)
left join {{ ref('country_names') }} as n on n.given = lower(f.last_country)
