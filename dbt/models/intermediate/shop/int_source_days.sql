{{ config(materialized='table', order_by='source', contract={'enforced': true}) }}

-- The day each source is looked at from: the build's as-of day, but the last day that has data where a source is a replay of
-- frozen data: measured from today, all its customers would be lost.
with days as (
  select source, max(order_day) as last_day from {{ ref('stg_purchase_events') }} group by source
  union all
  select source, max(business_day) as last_day from {{ ref('int_session_parts') }} group by source
  union all
  select source, cast(null as Nullable(Date32)) as last_day from {{ ref('stg_customers') }} group by source
)

select
  source,
  toDate32(if(
    source in ('{{ var('frozen_sources', ['retail']) | join("', '") }}'),
    least({{ as_of() }}, ifNull(max(d.last_day), {{ as_of() }})),
    {{ as_of() }})) as as_of
from days as d
group by source
