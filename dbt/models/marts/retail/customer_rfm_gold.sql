-- One row per customer with a purchase of a product up to the as-of date. Monetary is gross, as the contract has it; what
-- the customer sent back of the same products stands beside it, and the net of both.
with purchases as (
  select
    assumeNotNull(CustomerID) as customer_id,
    max(InvoiceDate) as last_date,
    uniqExact(InvoiceNo) as invoices,
    sum(assumeNotNull(TotalPrice)) as gross
  from {{ ref('retail_transactions_silver') }}
  where {{ retail_line_is_gold() }} and InvoiceDate <= {{ as_of_retail() }}
  group by customer_id
),

returns as (
  select
    assumeNotNull(CustomerID) as customer_id,
    sumIf(-assumeNotNull(TotalPrice), {{ retail_is_product('StockCode') }}) as returned,
    sum(-assumeNotNull(TotalPrice)) as cancelled
  from {{ ref('retail_returns_silver') }}
  where CustomerID is not null and TotalPrice is not null and InvoiceDate <= {{ as_of_retail() }}
  group by customer_id
)

select
  purchases.customer_id as CustomerID,
  purchases.last_date as MaxInvoiceDate,
  toInt32(dateDiff('day', purchases.last_date, {{ as_of_retail() }})) as Recency,
  toUInt32(purchases.invoices) as Frequency,
  toDecimal128(purchases.gross, 2) as Monetary,
  toDecimal128(ifNull(returns.returned, 0), 2) as ReturnedMonetary,
  toDecimal128(purchases.gross - ifNull(returns.returned, 0), 2) as NetMonetary,
  toDecimal128(ifNull(returns.cancelled, 0), 2) as CancelledValue,
  {{ as_of_retail() }} as as_of,
  {{ built_at() }} as mart_loaded_at
from purchases
left join returns on purchases.customer_id = returns.customer_id
