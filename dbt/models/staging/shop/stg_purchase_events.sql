{{ config(
  materialized='incremental', unique_key='order_day', partition_by='toYYYYMM(order_day)', order_by='(source, order_day, order_id)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_order_days() }}{%- endcall -%}

with orders as (
  select o.*, {{ business_day('o.purchase_time') }} as order_day
  from {{ source('raw', 'sales_orders_current') }} as o
  {% if is_incremental() %}
  where order_day in ({{ touched() }})
  {% endif %}
),

items as (
  select
    source,
    order_id,
    arrayMap(line -> line.2, arraySort(groupArray((line_no, product_id)))) as product_ids
  from {{ source('raw', 'sales_order_items_current') }}
  {% if is_incremental() %}
  where (source, order_id) in (select source, order_id from orders)
  {% endif %}
  group by source, order_id
)

select
  o.source as source,
  o.order_id as order_id,
  o.kind as kind,
  o.user_id as customer_id,
  o.purchase_time as order_purchase_timestamp_utc,
  o.order_day as order_day,
  o.total_amount as order_total_amount,
  o.currency as order_currency,
  toJSONString(ifNull(i.product_ids, cast([] as Array(String)))) as order_product_ids_json,
  o.product_lines as product_lines,
  o.payment_method as order_payment_method,
  o.shipping_address as order_shipping_address,
  o.country as country,
  o.order_status as order_status,
  o.status_time as status_timestamp_utc,
  {{ is_valid_order('o.kind', 'o.order_status') }} as is_valid,
  o._processed_at as stream_processed_at_utc,
  {{ built_at() }} as dbt_loaded_at
from orders as o
left join items as i on i.source = o.source and i.order_id = o.order_id
