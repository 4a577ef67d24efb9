-- Lines that keep every rule, as the data contract names them.
select
  assumeNotNull(invoice_no) as InvoiceNo,
  assumeNotNull(stock_code) as StockCode,
  description as Description,
  assumeNotNull(quantity) as Quantity,
  unit_price as UnitPrice,
  customer_id as CustomerID,
  country as Country,
  assumeNotNull(invoice_date) as InvoiceDate,
  is_cancellation as IsCancellation,
  cast(amount as Nullable(Decimal(12, 2))) as TotalPrice,
  toYear(InvoiceDate) as Year,
  toMonth(InvoiceDate) as Month,
  toDayOfWeek(InvoiceDate) as DayOfWeek,
  {{ retail_surrogate_key() }} as SurrogateKey,
  exact_amount as ExactPrice,
  ingestion_timestamp,
  source_file,
  line_no,
  processing_date
from {{ ref('stg_retail_lines') }}
where outcome = 'silver'
