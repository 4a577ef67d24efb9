{{ config(materialized='table', order_by='name', contract={'enforced': true}) }}

-- What every figure means, beside the figures.
select
  name,
  title,
  owner,
  formula,
  unit,
  grain,
  per,
  nullIf(mart, '') as mart,
  nullIf(sql, '') as sql,
  description,
  {{ built_at() }} as mart_loaded_at
from {{ ref('metric_dictionary_seed') }}
