{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- One row per customer who bought or was seen on the web. Counts are 0 where there is nothing; "days since" is null, for
-- never is not today.
select
  assumeNotNull(coalesce(p.source, w.source)) as source,
  assumeNotNull(coalesce(p.customer_id, w.customer_id)) as customer_id,
  ifNull(p.total_orders, 0) as total_orders,
  ifNull(p.placed_orders, 0) as placed_orders,
  if(p.customer_id is null, toDecimal128(0, 4), p.total_spend) as total_spend,
  if(p.customer_id is null, toDecimal128(0, 4), p.credit_amount) as credit_amount,
  p.avg_order_value as avg_order_value,
  {{ reporting_currency() }} as currency,
  p.first_purchase_timestamp as first_purchase_timestamp,
  p.last_purchase_timestamp as last_purchase_timestamp,
  p.days_since_last_purchase as days_since_last_purchase,
  ifNull(p.orders_last_30_days, 0) as orders_last_30_days,
  if(p.customer_id is null, toDecimal128(0, 4), p.spend_last_30_days) as spend_last_30_days,
  ifNull(p.processing_orders, 0) as processing_orders,
  ifNull(p.shipped_orders, 0) as shipped_orders,
  ifNull(p.completed_orders, 0) as completed_orders,
  ifNull(p.cancelled_orders, 0) as cancelled_orders,
  ifNull(p.returned_orders, 0) as returned_orders,
  ifNull(p.num_products, 0) as num_products,
  ifNull(w.total_web_events, 0) as total_web_events,
  ifNull(w.unique_pages_visited, 0) as unique_pages_visited,
  ifNull(w.sessions, 0) as sessions,
  w.first_web_activity_timestamp as first_web_activity_timestamp,
  w.last_web_activity_timestamp as last_web_activity_timestamp,
  w.days_since_last_web_activity as days_since_last_web_activity,
  ifNull(w.total_page_views, 0) as total_page_views,
  ifNull(w.total_add_to_carts, 0) as total_add_to_carts,
  ifNull(w.total_searches, 0) as total_searches,
  ifNull(w.total_product_views, 0) as total_product_views,
  ifNull(w.total_checkouts, 0) as total_checkouts,
  ifNull(w.events_last_30_days, 0) as events_last_30_days,
  ifNull(w.sessions_last_30_days, 0) as sessions_last_30_days,
  ifNull(w.active_days, 0) as active_days,
  w.last_device as last_device,
  coalesce(w.last_country, p.country) as last_country,
  {{ built_at() }} as mart_loaded_at
from {{ ref('int_customer_purchases') }} as p
full outer join {{ ref('int_customer_web_activity') }} as w
  on w.source = p.source and w.customer_id = p.customer_id
