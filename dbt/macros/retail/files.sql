{#-
  Days of files of which stg_retail_lines holds something else than what is landed: new, replaced, withdrawn and
  half-written ones, and those that share an invoice with one of them, now or before. It compares what is there and
  remembers nothing: whatever ended the last build, this one finds what is missing.
-#}
{% macro touched_retail_days() -%}
with landed as (
  select processing_date, source_file, load_id, count() as lines
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  group by processing_date, source_file, load_id
),

known as (
  select processing_date, toLowCardinality(source_file) as source_file, load_id, count() as lines
  from {{ this }}
  group by processing_date, source_file, load_id
),

changed as (
  select processing_date
  from (select * from landed union all select * from known)
  group by processing_date, source_file, load_id
  having count() = 1 or min(lines) != max(lines)
),

invoices as (
  select ifNull(trimBoth(Invoice), '') as invoice
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  where processing_date in (select processing_date from changed)
  union distinct
  select ifNull(invoice_no, '') as invoice
  from {{ this }}
  where processing_date in (select processing_date from changed)
)

select processing_date as day from changed
union distinct
select processing_date as day from {{ this }} where invoice_no in (select invoice from invoices where invoice != '')
{%- endmacro %}
