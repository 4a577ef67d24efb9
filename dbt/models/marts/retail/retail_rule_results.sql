-- Every rule of the data contract with what it was applied to and how much broke it in this build. The page that shows
-- the contract reads this table, so a rule that is applied nowhere cannot be shown.
with landing as (
  select
    (
      select count() from {{ source('raw', 'loaded_files_current') }} where dataset = 'retail_transactions'
    ) as files,
    (select count() from {{ ref('stg_retail_lines') }}) as lines,
    uniqExactIf(source_file, line_no = 0) as refused_files,
    countIf(line_no > 0) as unreadable_lines
  from {{ source('raw', 'load_quarantine_current') }}
  where dataset = 'retail_transactions'
),

results as (
  select arrayJoin([
    ('valid_file_ingestion', 'file', 'file quarantined, warning',
      'the file has the header, the encoding and the end it should have', files + refused_files, refused_files),
    ('readable_line', 'bronze', 'line quarantined',
      'the line has as many cells as the header, and numbers where numbers belong',
      lines + unreadable_lines, unreadable_lines)
  ]) as result
  from landing

  union all

  select arrayJoin([
    {% for rule in retail_line_rules() -%}
    ('{{ rule.name }}', 'silver', 'line quarantined', '{{ rule.text }}',
      count(), countIf(has(failed_rules, '{{ rule.name }}') and outcome != 'return')){{ ',' if not loop.last }}
    {% endfor -%}
  ]) as result
  from {{ ref('stg_retail_lines') }}

  union all

  select arrayJoin([
    {% for name, condition, text in retail_gold_rules() -%}
    ('{{ name }}', 'gold', 'line left out of gold, kept in silver', '{{ text }}',
      count(), countIf({{ condition }})){{ ',' if not loop.last }}
    {% endfor -%}
  ]) as result
  from {{ ref('retail_transactions_silver') }}
  where InvoiceDate <= {{ as_of_retail() }}

  union all

  select arrayJoin([
    {% for name, condition, text, on_failure in retail_customer_rules() -%}
    ('{{ name }}', 'customer', '{{ on_failure }}', '{{ text }}',
      count(), countIf({{ condition }})){{ ',' if not loop.last }}
    {% endfor -%}
  ]) as result
  from {{ ref('customer_segments') }}
)

select
  toLowCardinality(result.1) as rule,
  toLowCardinality(result.2) as layer,
  result.4 as meaning,
  toLowCardinality(result.3) as on_failure,
  toUInt64(ifNull(result.5, 0)) as checked,
  toUInt64(ifNull(result.6, 0)) as broken,
  {{ as_of_retail() }} as as_of,
  {{ built_at() }} as mart_loaded_at
from results
