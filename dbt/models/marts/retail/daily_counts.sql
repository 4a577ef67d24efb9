-- Lines per day in every layer, so that a day on which one of them loses lines can be seen. A line without a readable
-- date stands under the day of its file.
with lines as (
  select
    {{ retail_line_day() }} as invoice_date,
    count() as bronze,
    countIf(outcome = 'silver') as silver,
    countIf(outcome = 'return') as returns,
    countIf(outcome = 'quarantine') as quarantined
  from {{ ref('stg_retail_lines') }}
  group by invoice_date
),

gold as (
  select InvoiceDate as invoice_date, count() as gold
  from {{ ref('retail_transactions_silver') }}
  where {{ retail_line_is_gold() }} and InvoiceDate <= {{ as_of_retail() }}
  group by invoice_date
)

select
  lines.invoice_date as invoice_date,
  lines.bronze as bronze,
  lines.silver as silver,
  lines.returns as returns,
  lines.quarantined as quarantined,
  toUInt64(ifNull(gold.gold, 0)) as gold,
  {{ built_at() }} as mart_loaded_at
from lines
left join gold on lines.invoice_date = gold.invoice_date
