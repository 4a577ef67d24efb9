-- Per layer and day: how many lines it holds and which defects they have. On every day and in
-- every column bronze is the sum of silver, returns and quarantine.
select
  toLowCardinality(layer) as layer,
  {{ retail_line_day() }} as date,
  count() as total_records,
  {% for name, condition in retail_line_defects() -%}
  countIf({{ condition }}) as {{ name }},
  {% endfor -%}
  {{ built_at() }} as mart_loaded_at
from {{ ref('stg_retail_lines') }}
array join ['bronze', transform(toString(outcome), ['silver', 'return'], ['silver', 'returns'], 'quarantine')] as layer
group by layer, date
