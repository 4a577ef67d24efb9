-- Invoices by the rules that also hold for the live path: C... is a credit note, A... and what delivers nothing or has no
-- value is an adjustment, the rest are orders. Exact prices. Lines without which a document cannot be told are left out:
-- those without number, code, quantity, price or date, and those of files that a later one has replaced.
select
  assumeNotNull(invoice_no) as document_id,
  toLowCardinality(multiIf(
    startsWith(document_id, 'C'), 'credit_note',
    startsWith(document_id, 'A') or max(quantity) <= 0 or sum(exact_amount) <= 0, 'adjustment',
    'order'
  )) as kind,
  assumeNotNull(min(invoice_date)) as document_date,
  argMinIf(customer_id, line_no, customer_id is not null) as customer_id,
  argMinIf(country, line_no, country is not null) as country,
  toUInt32(count()) as lines,
  toUInt32(countIf(quantity > 0)) as product_lines,
  toDecimal128(assumeNotNull(sum(exact_amount)), 4) as total_amount
from {{ ref('stg_retail_lines') }}
where {{ retail_line_is_document() }}
group by document_id
