-- The figures by which a build of the retailer's files is known, one a row: what a run prints and what tests compare.
with bronze as (
  select
    count() as bronze_rows,
    countIf(outcome = 'silver') as silver_rows,
    countIf(outcome = 'return') as return_rows,
    countIf(outcome = 'quarantine') as quarantined_rows,
    countIf(outcome = 'silver' and is_cancellation) as silver_credit_note_rows,
    countIf(occurrence > 1) as duplicate_key_rows,
    countIf(identical_occurrence > 1) as identical_rows,
    -sumIf(amount, is_cancellation and customer_id is not null and quantity < 0) as cancelled_value_known_customers,
    countIf({{ retail_line_is_plain() }}) as plain_lines,
    uniqExactIf(customer_id, {{ retail_line_is_plain() }}) as plain_customers,
    sumIf(exact_amount, {{ retail_line_is_plain() }}) as plain_revenue
  from {{ ref('stg_retail_lines') }}
  where {{ retail_line_day() }} <= {{ as_of_retail() }}
),

landed as (
  select
    {% for name, condition in retail_bronze_defects() -%}
    countIf({{ condition }}) as bronze_{{ name }}{{ ',' if not loop.last }}
    {% endfor -%}
  from {{ source('raw', 'retail_transactions_bronze_current') }}
),

documents as (
  select
    countIf(kind = 'order') as orders,
    sumIf(total_amount, kind = 'order') as order_amount,
    countIf(kind = 'credit_note') as credit_notes,
    sumIf(total_amount, kind = 'credit_note') as credit_note_amount,
    countIf(kind = 'adjustment') as adjustments,
    sumIf(total_amount, kind = 'adjustment') as adjustment_amount,
    sumIf(total_amount, kind != 'adjustment') as document_net_amount
  from {{ ref('int_retail_documents') }}
  where document_date <= {{ as_of_retail() }}
),

gold_lines as (
  select
    count() as gold_lines,
    sum(ExactPrice) as gold_exact_revenue
  from {{ ref('retail_transactions_silver') }}
  where {{ retail_line_is_gold() }} and InvoiceDate <= {{ as_of_retail() }}
),

gold as (
  select
    count() as gold_customers,
    sum(Monetary) as gold_gross_revenue,
    sum(ReturnedMonetary) as gold_returned,
    sum(NetMonetary) as gold_net_revenue
  from {{ ref('customer_rfm_gold') }}
),

medians as (
  select median_recency, median_frequency, median_monetary, customers_at_median_recency, customers_at_median_frequency
  from {{ ref('retail_rfm_statistics') }}
),

classes as (
  select
    countIf(outlier_class = -1) as outliers_monetary_only,
    countIf(outlier_class = -2) as outliers_frequency_only,
    countIf(outlier_class = -3) as outliers_both,
    countIf(outlier_class = 0) as customers_without_outliers
  from {{ ref('customer_segments') }}
)

{% set landed = [] -%}
{% for name, condition in retail_bronze_defects() %}{% do landed.append('bronze_' ~ name) %}{% endfor -%}
{% set figures = {
  'bronze': [
    'bronze_rows', 'silver_rows', 'return_rows', 'quarantined_rows', 'silver_credit_note_rows', 'duplicate_key_rows',
    'identical_rows', 'cancelled_value_known_customers', 'plain_lines', 'plain_customers', 'plain_revenue'
  ],
  'landed': landed,
  'documents': [
    'orders', 'order_amount', 'credit_notes', 'credit_note_amount', 'adjustments', 'adjustment_amount',
    'document_net_amount'
  ],
  'gold_lines': ['gold_lines', 'gold_exact_revenue'],
  'gold': ['gold_customers', 'gold_gross_revenue', 'gold_returned', 'gold_net_revenue'],
  'medians': [
    'median_recency', 'median_frequency', 'median_monetary', 'customers_at_median_recency',
    'customers_at_median_frequency'
  ],
  'classes': [
    'outliers_monetary_only', 'outliers_frequency_only', 'outliers_both', 'customers_without_outliers'
  ],
} -%}
select
  toUInt16(item.1) as position,
  item.2 as figure,
  cast(item.3 as Nullable(Decimal(38, 4))) as value,
  toLowCardinality(item.4) as unit,
  {{ as_of_retail() }} as as_of,
  {{ built_at() }} as mart_loaded_at
from (
  {% for relation, names in figures.items() -%}
  {% set group = loop.index -%}
  select arrayJoin([
    {% for name in names -%}
    ({{ group * 100 + loop.index }}, '{{ name }}', cast({{ name }} as Nullable(Decimal(38, 4))), '{{ retail_unit(name) }}')
    {{- ',' if not loop.last }}
    {% endfor -%}
  ]) as item
  from {{ relation }}
  {{ 'union all' if not loop.last }}
  {% endfor -%}
)
