-- Where the lines of all documents end up: in gold, or out of it for the first reason that holds. One row per kind of
-- document and reason, of lines up to the as-of date.
with judged as (
  select
    documents.kind as kind,
    lines.invoice_no as invoice_no,
    lines.exact_amount as exact_amount,
    lines.amount as amount,
    lines.outcome as outcome,
    lines.is_cancellation as IsCancellation,
    lines.customer_id as CustomerID,
    assumeNotNull(lines.stock_code) as StockCode,
    lines.unit_price as UnitPrice
  from {{ ref('stg_retail_lines') }} as lines
  inner join {{ ref('int_retail_documents') }} as documents on documents.document_id = lines.invoice_no
  where {{ retail_line_is_document() }} and lines.invoice_date <= {{ as_of_retail() }}
)

select
  kind,
  toLowCardinality(multiIf(
    outcome != 'silver', 'not_in_silver',
    {% for name, condition, text in retail_gold_rules() -%}
    {{ condition }}, '{{ name }}',
    {% endfor -%}
    'gold'
  )) as reason,
  uniqExact(invoice_no) as documents,
  count() as lines,
  toDecimal128(assumeNotNull(sum(judged.exact_amount)), 4) as exact_amount,
  -- In prices of cents, as silver and gold have them.
  toDecimal128(ifNull(sum(judged.amount), 0), 4) as amount,
  countIf(judged.amount != judged.exact_amount) as rounded_lines
from judged
group by kind, reason
