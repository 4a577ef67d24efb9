-- Lines that break a rule, once each, with the names of all the rules they break.
select
  source_file,
  line_no,
  failed_rules,
  invoice_no as InvoiceNo,
  stock_code as StockCode,
  description as Description,
  quantity as Quantity,
  unit_price as UnitPrice,
  customer_id as CustomerID,
  country as Country,
  invoice_date as InvoiceDate,
  is_cancellation as IsCancellation,
  superseded_by_load,
  load_id,
  ingestion_timestamp,
  processing_date
from {{ ref('stg_retail_lines') }}
where outcome = 'quarantine'
