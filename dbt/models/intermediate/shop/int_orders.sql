{{ config(materialized='table', order_by='(source, order_id)', contract={'enforced': true}) }}

-- Every document as it stood at the end of the as-of day: of its events until then the greatest, as the live state is the
-- greatest of all. Built whole, since the clock moves for every row.
with states as (
  select source, order_id, kind, order_status, purchase_time, currency, total_amount
  from {{ source('raw', 'sales_order_status_history_current') }}
  where status_time < {{ as_of_end() }}
  order by source, order_id, status_time desc, status_rank desc, event_id desc
  limit 1 by source, order_id
),

documents as (
  select
    s.source as source,
    s.order_id as order_id,
    s.kind as kind,
    s.order_status as order_status,
    s.purchase_time as purchase_time,
    {{ business_day('s.purchase_time') }} as order_day,
    s.currency as currency,
    s.total_amount as amount,
    o.customer_id as customer_id,
    o.product_lines as product_lines,
    o.country as country,
    a.as_of as as_of
  from states as s
  inner join {{ ref('stg_purchase_events') }} as o on o.source = s.source and o.order_id = s.order_id
  inner join {{ ref('int_source_days') }} as a on a.source = s.source
  where order_day <= a.as_of
)

select
  d.source as source,
  d.order_id as order_id,
  d.customer_id as customer_id,
  d.kind as kind,
  d.order_status as order_status,
  {{ is_valid_order('d.kind', 'd.order_status') }} as is_valid,
  d.purchase_time as purchase_time,
  d.order_day as order_day,
  d.product_lines as product_lines,
  d.country as country,
  d.currency as currency,
  d.amount as amount,
  r.rate as rate,
  {{ in_reporting_currency('d.amount', 'r.rate') }} as reporting_amount,
  -- The day it is looked at from.
  d.as_of as as_of
from documents as d
asof left join {{ ref('int_exchange_rates') }} as r on r.currency = d.currency and r.valid_from <= d.order_day
