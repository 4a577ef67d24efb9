-- Customers whose days with orders are not what they bought, or lie after the day they are looked at from.
with summed as (
  select
    source,
    customer_id,
    sum(orders) as all_orders,
    sum(amount) as total,
    countIf(amount is null) as unrated,
    countIf(order_day > as_of) as later
  from {{ ref('customer_order_days') }}
  group by source, customer_id
)

select p.source, p.customer_id, p.total_orders, d.all_orders, d.total
from {{ ref('int_customer_purchases') }} as p
left join summed as d on d.source = p.source and d.customer_id = p.customer_id
where
  p.total_orders != ifNull(d.all_orders, 0)
  or ifNull(d.later, 0) > 0
  or (ifNull(d.unrated, 0) = 0 and p.total_spend is not null and ifNull(d.total, 0) != p.total_spend - p.credit_amount)
