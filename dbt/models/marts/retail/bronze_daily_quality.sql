-- How good what landed is, per day of the files. Counted over the lines as they came, nothing filtered before; what the
-- loader could not read at all is counted beside them, and lowers the score.
with lines as (
  select
    processing_date,
    count() as total_records,
    uniqExact(source_file) as files_processed,
    uniqExactIf(InvoiceDate, InvoiceDate is not null) as distinct_invoice_date,
    {% for name, condition in retail_bronze_defects() -%}
    countIf({{ condition }}) as {{ name }},
    {% endfor -%}
    0 as rescued_records
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  group by processing_date
),

judged as (
  select
    processing_date,
    countIf(empty(arrayIntersect(failed_rules, [{{ retail_contract_rule_names() }}]))) as valid_records,
    countIf(occurrence > 1) as duplicate_keys,
    countIf(identical_occurrence > 1) as identical_records
  from {{ ref('stg_retail_lines') }}
  group by processing_date
),

rescued as (
  select processing_date, countIf(line_no > 0) as rescued_records, countIf(line_no = 0) as refused_files
  from {{ source('raw', 'load_quarantine_current') }}
  where dataset = 'retail_transactions'
  group by processing_date
),

days as (
  select processing_date from lines union distinct select processing_date from rescued
)

select
  days.processing_date as processing_date,
  {% for name in ['total_records', 'files_processed', 'distinct_invoice_date'] -%}
  toUInt64(ifNull(lines.{{ name }}, 0)) as {{ name }},
  {% endfor -%}
  toUInt64(ifNull(judged.valid_records, 0)) as valid_records,
  {% for name, condition in retail_bronze_defects() -%}
  toUInt64(ifNull(lines.{{ name }}, 0)) as {{ name }},
  {% endfor -%}
  toUInt64(ifNull(judged.duplicate_keys, 0)) as duplicate_keys,
  toUInt64(ifNull(judged.identical_records, 0)) as identical_records,
  toUInt64(ifNull(rescued.rescued_records, 0)) as rescued_records,
  toUInt64(ifNull(rescued.refused_files, 0)) as refused_files,
  -- Of all lines of the day's files, those that could be read.
  cast(if(total_records + rescued_records = 0, null,
    toDecimal64(total_records, 4) * 100 / (total_records + rescued_records)) as Nullable(Decimal(9, 4)))
    as rescued_data_quality_score,
  cast(if(total_records + rescued_records = 0, null,
    toDecimal64(valid_records, 4) * 100 / (total_records + rescued_records)) as Nullable(Decimal(9, 4)))
    as valid_data_quality_score,
  {{ built_at() }} as mart_loaded_at
from days
left join lines on days.processing_date = lines.processing_date
left join judged on days.processing_date = judged.processing_date
left join rescued on days.processing_date = rescued.processing_date
