{{
  config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='processing_date',
    partition_by='toYYYYMM(processing_date)',
    on_schema_change='fail',
    engine='MergeTree()',
    order_by='(processing_date, source_file, line_no)',
  )
}}
{% call touched_days() %}{{ touched_retail_days() }}{% endcall %}

-- Every line of every file once, read and judged: silver, returns and quarantine are three views of it, so what one of
-- them leaves out stands in another. The lines of a day's files are rebuilt together, whenever they differ from what is
-- landed.
with raw_lines as (
  select *
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  {% if is_incremental() -%}
  where processing_date in ({{ touched() }})
  {%- endif %}
),

-- Invoices that several of the landed files hold.
shared_invoices as (
  select nullIf(trimBoth(ifNull(Invoice, '')), '') as shared_no, max(load_id) as last_load_id
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  {% if is_incremental() -%}
  where trimBoth(Invoice) in (select trimBoth(Invoice) from raw_lines)
  {%- endif %}
  group by shared_no
  having shared_no is not null and min(load_id) < last_load_id
),

read as (
  select
    source_file,
    line_no,
    load_id,
    processing_date,
    ingestion_timestamp,
    nullIf(trimBoth(ifNull(Invoice, '')), '') as invoice_no,
    nullIf(trimBoth(ifNull(StockCode, '')), '') as stock_code,
    nullIf(trimBoth(ifNull(Description, '')), '') as description,
    Quantity as quantity,
    Price as unit_price,
    toDecimal128(Price, 2) * Quantity as amount,
    -- The contract rounds prices to cents; documents and the live path do not.
    ifNull(toDecimal128OrNull(trimBoth(price_text), 4), toDecimal128(Price, 4)) * Quantity as exact_amount,
    -- One tool writes 13085 as 13085.0, another does not.
    nullIf(replaceRegexpOne(trimBoth(ifNull(CustomerID, '')), '^([0-9]+)[.]0*$', '\\1'), '') as customer_id,
    nullIf(trimBoth(ifNull(Country, '')), '') as country,
    if({{ retail_is_day() }}, toDateOrNull({{ retail_day_text() }}), null) as invoice_date,
    -- Which of the equal ones of an invoice this line is, by the three columns of the contract's key, and by all.
    row_number() over (partition by source_file, invoice_no, stock_code, quantity order by line_no) as occurrence,
    row_number() over (
      partition by source_file, Invoice, StockCode, Quantity, Description, InvoiceDate, price_text, CustomerID, Country
      order by line_no
    ) as identical_occurrence
  from raw_lines
),

-- shared_no is never null, so a line without a number meets none.
judged as (
  select
    read.*,
    if(shared_invoices.last_load_id > read.load_id, shared_invoices.last_load_id, 0) as superseded_by_load,
    arrayFilter(name -> name != '', [
      {% for rule in retail_line_rules() -%}
      if({{ rule.breaks }}, '{{ rule.name }}', ''){{ ',' if not loop.last }}
      {% endfor -%}
    ]) as failed_rules
  from read
  left join shared_invoices on read.invoice_no = shared_invoices.shared_no
)

select
  toString(source_file) as source_file,
  line_no,
  load_id,
  processing_date,
  ingestion_timestamp,
  invoice_no,
  stock_code,
  description,
  quantity,
  unit_price,
  toDecimal128(amount, 2) as amount,
  toDecimal128(exact_amount, 4) as exact_amount,
  customer_id,
  country,
  invoice_date,
  startsWith(ifNull(invoice_no, ''), 'C') as is_cancellation,
  toUInt32(occurrence) as occurrence,
  toUInt32(identical_occurrence) as identical_occurrence,
  toUInt64(ifNull(superseded_by_load, 0)) as superseded_by_load,
  failed_rules,
  toLowCardinality(multiIf(
    empty(failed_rules), 'silver',
    is_cancellation and failed_rules = ['valid_quantity'] and quantity is not null, 'return',
    'quarantine'
  )) as outcome,
  {{ built_at() }} as dbt_loaded_at
from judged
