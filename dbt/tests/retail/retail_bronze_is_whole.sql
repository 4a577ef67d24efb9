-- Every landed line is in a layer, and no other: per file.
with landed as (
  select toString(source_file) as source_file, load_id, count() as lines
  from {{ source('raw', 'retail_transactions_bronze_current') }}
  group by source_file, load_id
),

judged as (
  select source_file, load_id, count() as lines from {{ ref('stg_retail_lines') }} group by source_file, load_id
)

select source_file, load_id
from (select * from landed union all select * from judged)
group by source_file, load_id
having count() != 2 or min(lines) != max(lines)
