{{ config(
  materialized='incremental', unique_key='order_day', partition_by='toYYYYMM(order_day)', order_by='(source, order_day, order_id, line_no)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_order_days() }}{%- endcall -%}

-- Lines whose order is not there yet wait for it: the two tables are captured on topics of their own.
with orders as (
  select source, order_id, order_day
  from {{ ref('stg_purchase_events') }}
  {% if is_incremental() %}
  where order_day in ({{ touched() }})
  {% endif %}
)

select
  i.source as source,
  i.order_id as order_id,
  i.line_no as line_no,
  o.order_day as order_day,
  i.product_id as product_id,
  i.description as description,
  i.quantity as quantity,
  i.unit_price as unit_price,
  cast(i.quantity * i.unit_price as Decimal(38, 4)) as line_amount,
  {{ built_at() }} as dbt_loaded_at
from {{ source('raw', 'sales_order_items_current') }} as i
inner join orders as o on o.source = i.source and o.order_id = i.order_id
{% if is_incremental() %}
where (i.source, i.order_id) in (select source, order_id from orders)
{% endif %}
