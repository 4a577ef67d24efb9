-- The way from the gross of all orders to the customers' gross and net: live orders (source retail), the same documents
-- in the files, gold. Every step is counted from its own lines in exact money, and every total by itself, so that
-- `difference`, what the steps leave unexplained, is a check and no remainder.
with documents as (
  select
    countIf(kind = 'order') as orders,
    sumIf(d.lines, kind = 'order') as lines,
    sumIf(d.total_amount, kind = 'order') as amount,
    countIf(kind = 'order' and document_date > {{ as_of_retail() }}) as later_orders,
    sumIf(d.lines, kind = 'order' and document_date > {{ as_of_retail() }}) as later_lines,
    -sumIf(d.total_amount, kind = 'order' and document_date > {{ as_of_retail() }}) as later_amount
  from {{ ref('int_retail_documents') }} as d
),

gold as (
  select
    sum(Frequency) as invoices,
    sum(Monetary) as monetary,
    sum(ReturnedMonetary) as returned,
    sum(NetMonetary) as net
  from {{ ref('customer_rfm_gold') }}
),

steps as (
  select 1 as step, 'live orders' as name, 'total' as role, live_orders as documents, 0 as lines, live_amount as amount
  from {{ ref('int_retail_live_orders') }}
  union all
  select 2, 'orders that only the live path has', 'change', only_live, 0, only_live_amount
  from {{ ref('int_retail_live_orders') }}
  union all
  select 3, 'orders that only the files have', 'change', only_files, 0, only_files_amount
  from {{ ref('int_retail_live_orders') }}
  union all
  select 4, 'orders with another amount in the files', 'change', changed, 0, changed_amount
  from {{ ref('int_retail_live_orders') }}
  union all
  select 5, 'orders in the files', 'total', orders, lines, amount from documents
  union all
  select 6, 'orders after the as-of date', 'change', later_orders, later_lines, later_amount from documents
  {% for name, text in retail_bridge_reasons() -%}
  union all
  select {{ 6 + loop.index }}, '{{ text }}', 'change', sum(r.documents), sum(r.lines), -sum(r.exact_amount)
  from {{ ref('int_retail_line_reasons') }} as r where kind = 'order' and reason = '{{ name }}'
  {% endfor -%}
  union all
  select 20, 'gold lines of other documents', 'change', sum(r.documents), sum(r.lines), sum(r.exact_amount)
  from {{ ref('int_retail_line_reasons') }} as r where kind != 'order' and reason = 'gold'
  union all
  select 21, 'prices rounded to cents', 'change', 0, sum(r.rounded_lines), sum(r.amount - r.exact_amount)
  from {{ ref('int_retail_line_reasons') }} as r where reason = 'gold'
  union all
  select 22, 'gross of gold (Monetary)', 'total', invoices, gold_lines.lines, monetary
  from gold
  cross join (
    select sum(r.lines) as lines from {{ ref('int_retail_line_reasons') }} as r where reason = 'gold'
  ) as gold_lines
  union all
  select 23, 'products sent back by these customers', 'change', 0, 0, -returned from gold
  union all
  select 24, 'net of gold (NetMonetary)', 'total', invoices, 0, net from gold
)

select
  toUInt8(step) as step,
  name,
  toLowCardinality(role) as role,
  toUInt64(ifNull(documents, 0)) as documents,
  toUInt64(ifNull(lines, 0)) as lines,
  toDecimal128(ifNull(amount, 0), 4) as amount,
  toDecimal128(sum(if(role = 'change' or step = 1, ifNull(amount, 0), 0)) over (order by step), 4) as running_total,
  toDecimal128(if(role = 'total', ifNull(amount, 0) - running_total, 0), 4) as difference,
  {{ as_of_retail() }} as as_of,
  {{ built_at() }} as mart_loaded_at
from steps
