{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- What each customer bought until the as-of day, in the reporting currency. Built whole: "days since" and "the last 30
-- days" change with the clock for every customer, most of all for those who stopped buying.
-- Spend is that of valid orders (neither cancelled nor returned) plus the signed credit notes. An order in a currency
-- without a rate makes it null, never less.
with marked as (
  select
    *,
    kind = 'order' as is_order,
    is_valid or kind = 'credit_note' as is_spend,
    order_day > addDays(as_of, -30) as is_recent
  from {{ ref('int_orders') }}
  where customer_id is not null and kind != 'adjustment'
),

summed as (
  select
    source,
    assumeNotNull(customer_id) as customer_id,
    max(as_of) as as_of,
    countIf(is_valid) as total_orders,
    countIf(is_order) as placed_orders,
    countIf(is_order and order_status = 'processing') as processing_orders,
    countIf(is_order and order_status = 'shipped') as shipped_orders,
    countIf(is_order and order_status = 'completed') as completed_orders,
    countIf(is_order and order_status = 'cancelled') as cancelled_orders,
    countIf(is_order and order_status = 'returned') as returned_orders,
    countIf(is_valid and is_recent) as orders_last_30_days,
    sumIf(product_lines, is_valid) as num_products,
    countIf(is_spend and reporting_amount is null) as unrated,
    countIf(is_spend and is_recent and reporting_amount is null) as unrated_recent,
    ifNull(sumIf(reporting_amount, is_spend), toDecimal128(0, 4)) as spend,
    ifNull(sumIf(reporting_amount, is_spend and is_recent), toDecimal128(0, 4)) as spend_recent,
    ifNull(sumIf(reporting_amount, is_valid), toDecimal128(0, 4)) as valid_amount,
    ifNull(sumIf(reporting_amount, kind = 'credit_note'), toDecimal128(0, 4)) as credits,
    minOrNullIf(purchase_time, is_valid) as first_purchase_timestamp,
    maxOrNullIf(purchase_time, is_valid) as last_purchase_timestamp,
    maxOrNullIf(order_day, is_valid) as last_purchase_day,
    argMaxIf(country, (purchase_time, order_id), is_order) as country
  from marked
  group by source, customer_id
)

select
  source,
  customer_id,
  total_orders,
  placed_orders,
  if(unrated > 0, null, spend) as total_spend,
  if(unrated > 0, null, credits) as credit_amount,
  if(unrated > 0, null, {{ amount_per('valid_amount', 'total_orders') }}) as avg_order_value,
  {{ reporting_currency() }} as currency,
  first_purchase_timestamp,
  last_purchase_timestamp,
  {{ days_between('last_purchase_day', 'as_of') }} as days_since_last_purchase,
  orders_last_30_days,
  if(unrated_recent > 0, null, spend_recent) as spend_last_30_days,
  processing_orders,
  shipped_orders,
  completed_orders,
  cancelled_orders,
  returned_orders,
  num_products,
  country,
  {{ built_at() }} as dbt_loaded_at
from summed
