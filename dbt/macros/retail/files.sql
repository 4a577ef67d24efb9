{#-
  Days of files of which stg_retail_lines holds something else than what is landed: new, replaced, withdrawn and
  half-written ones, and those that share an invoice with one of them, now or before. It compares what is there and
  remembers nothing: whatever ended the last build, this one finds what is missing.
-#}
{% macro touched_retail_days() -%}
with (
  -- One value, so that it is counted once however often it is asked for.
  select groupUniqArray(processing_date)
  from (
    select processing_date
    from (
      select processing_date, source_file, load_id, count() as lines
      from {{ source('raw', 'retail_transactions_bronze_current') }}
      group by processing_date, source_file, load_id
      union all
      select processing_date, toLowCardinality(source_file) as source_file, load_id, count() as lines
      from {{ this }}
      group by processing_date, source_file, load_id
    )
    group by processing_date, source_file, load_id
    having count() = 1 or min(lines) != max(lines)
  )
) as changed,

invoices as (
  select ifNull(trimBoth(Invoice), '') as invoice
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  where has(changed, processing_date)
  union distinct
  select ifNull(invoice_no, '') as invoice
  from {{ this }}
  where has(changed, processing_date)
)

select arrayJoin(changed) as day
union distinct
select processing_date as day from {{ this }} where invoice_no in (select invoice from invoices where invoice != '')
{%- endmacro %}
