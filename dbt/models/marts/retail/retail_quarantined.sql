-- Everything that is kept out of silver, in one list: files and lines that could not be landed, and landed lines that
-- break a rule. Each stands here once, under the names of all the rules it breaks.
select
  toLowCardinality(if(line_no = 0, 'file', 'unreadable line')) as kind,
  toString(source_file) as source_file,
  line_no,
  processing_date,
  arrayMap(rule -> toString(rule), rules) as failed_rules,
  arrayStringConcat(details, '; ') as detail,
  {{ built_at() }} as mart_loaded_at
from {{ source('raw', 'load_quarantine_current') }}
where dataset = 'retail_transactions'

union all

select
  toLowCardinality('line') as kind,
  source_file,
  line_no,
  processing_date,
  failed_rules,
  concat(
    ifNull(InvoiceNo, '(no invoice)'), ' ', ifNull(StockCode, '(no code)'),
    ' quantity ', ifNull(toString(Quantity), '(none)'), ' price ', ifNull(toString(UnitPrice), '(none)')
  ) as detail,
  {{ built_at() }} as mart_loaded_at
from {{ ref('retail_quarantine') }}
