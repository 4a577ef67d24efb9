{{ config(materialized='table', order_by='(source, day, currency)', contract={'enforced': true}) }}

-- Orders by day and currency as the Live page counts them, with the net amount in the reporting currency as well.
select
  d.day as day,
  d.source as source,
  d.currency as currency,
  d.total_orders as total_orders,
  d.valid_orders as valid_orders,
  d.gross_amount as gross_amount,
  d.net_amount as net_amount,
  d.avg_amount as avg_amount,
  d.total_products as total_products,
  d.credit_amount as credit_amount,
  d.adjustment_amount as adjustment_amount,
  {{ in_reporting_currency('d.net_amount', 'r.rate') }} as reporting_net_amount,
  {{ reporting_currency() }} as reporting_currency,
  {{ built_at() }} as mart_loaded_at
from {{ ref('daily_order_kpis') }} as d
asof left join {{ ref('int_exchange_rates') }} as r on r.currency = d.currency and r.valid_from <= d.day
