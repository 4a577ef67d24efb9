{{ config(materialized='table', order_by='(source, registration_month)', contract={'enforced': true}) }}

-- Customers by the month they registered in; those whose registration nobody knows are left out.
select
  c.source as source,
  toStartOfMonth(assumeNotNull(c.registration_date)) as registration_month,
  count() as new_customers,
  {{ sum_or_null('c.total_spend') }} as total_spend,
  {{ reporting_currency() }} as currency,
  sum(c.total_orders) as total_orders,
  sum(c.orders_last_30_days) as orders_last_30_days,
  {{ sum_or_null('c.spend_last_30_days') }} as spend_last_30_days,
  sum(c.total_web_events) as total_web_events,
  sum(c.sessions) as unique_sessions,
  {{ built_at() }} as mart_loaded_at
from {{ ref('int_customer_profiles_ml') }} as c
where c.registration_date is not null
group by source, registration_month
