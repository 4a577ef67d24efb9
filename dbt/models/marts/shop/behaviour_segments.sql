{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- What each customer is like, by rules anyone can check. The first that fits; segments learned from the data are another
-- matter and stand elsewhere.
select
  source,
  customer_id,
  multiIf(
    total_orders >= 3 and days_since_last_purchase <= 60, 'loyal buyer',
    total_orders >= 1 and days_since_last_purchase <= 60, 'recent buyer',
    total_orders >= 1 and days_since_last_web_activity <= 30, 'buyer looking around',
    total_orders >= 1, 'lapsed buyer',
    total_add_to_carts > 0 and days_since_last_web_activity <= 30, 'cart abandoner',
    total_product_views > 0 and days_since_last_web_activity <= 30, 'browser',
    total_web_events > 0 and days_since_last_web_activity <= 30, 'passer-by',
    total_web_events > 0, 'gone quiet',
    placed_orders > 0, 'orders cancelled or returned',
    'never active') as segment,
  total_orders,
  total_spend,
  currency,
  sessions,
  days_since_last_purchase,
  days_since_last_web_activity,
  {{ built_at() }} as mart_loaded_at
from {{ ref('int_customer_profiles_ml') }}
