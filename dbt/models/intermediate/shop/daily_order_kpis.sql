{{ config(
  materialized='incremental', unique_key='day', partition_by='toYYYYMM(day)', order_by='(source, day, currency)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_order_days() }}{%- endcall -%}

-- The figures of kpi.order_day, by its definitions.
with summed as (
  select
    order_day,
    source,
    order_currency,
    countIf(kind = 'order') as total_orders,
    countIf(is_valid) as valid_orders,
    sumIf(order_total_amount, kind = 'order') as gross_amount,
    sumIf(order_total_amount, is_valid) as valid_amount,
    sumIf(product_lines, kind = 'order') as total_products,
    sumIf(order_total_amount, kind = 'credit_note') as credit_amount,
    sumIf(order_total_amount, kind = 'adjustment') as adjustment_amount,
    countIf(kind = 'credit_note') as credit_notes,
    countIf(kind = 'adjustment') as adjustments
  from {{ ref('stg_purchase_events') }}
  {% if is_incremental() %}
  where order_day in ({{ touched() }})
  {% endif %}
  group by order_day, source, order_currency
)

select
  order_day as day,
  source,
  order_currency as currency,
  total_orders,
  valid_orders,
  gross_amount,
  valid_amount,
  valid_amount + credit_amount as net_amount,
  {{ amount_per('valid_amount', 'valid_orders') }} as avg_amount,
  total_products,
  credit_amount,
  adjustment_amount,
  credit_notes,
  adjustments,
  {{ built_at() }} as dbt_loaded_at
from summed
