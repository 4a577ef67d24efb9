-- The orders of the live path (source retail) against those of the files, by number, for their calendars may differ. One row.
with live as (
  select order_id, kind, total_amount from {{ source('raw', 'sales_orders_current') }} where source = 'retail'
),

pairs as (
  select
    ifNull(live.kind, '') = 'order' as is_live,
    ifNull(documents.kind, '') = 'order' as is_in_files,
    ifNull(live.total_amount, 0) as live_amount,
    ifNull(documents.total_amount, 0) as file_amount
  from live
  full join {{ ref('int_retail_documents') }} as documents on live.order_id = documents.document_id
)

select
  countIf(is_live) as live_orders,
  toDecimal128(sumIf(pairs.live_amount, is_live), 4) as live_amount,
  countIf(is_live and not is_in_files) as only_live,
  toDecimal128(-sumIf(pairs.live_amount, is_live and not is_in_files), 4) as only_live_amount,
  countIf(is_in_files and not is_live) as only_files,
  toDecimal128(sumIf(pairs.file_amount, is_in_files and not is_live), 4) as only_files_amount,
  countIf(is_live and is_in_files and pairs.live_amount != pairs.file_amount) as changed,
  toDecimal128(sumIf(pairs.file_amount - pairs.live_amount, is_live and is_in_files), 4) as changed_amount
from pairs
