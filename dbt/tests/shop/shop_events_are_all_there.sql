-- Days on which staging does not hold every event it has taken in exactly once.
with absorbed as (
  select e.source as source, e.day as day, count() as events
  from {{ source('raw', 'web_events_current') }} as e
  inner join (
    select partition, max(next_offset) as next_offset
    from ops.model_vector final
    where model = '{{ ref('stg_website_events').schema }}.{{ ref('stg_website_events').identifier }}' and source = 'web_events'
    group by partition
  ) as v on v.partition = e._partition
  where e._offset < v.next_offset
  group by source, day
),

staged as (
  select source, day, count() as events
  from {{ ref('stg_website_events') }}
  group by source, day
)

select
  coalesce(a.source, s.source) as source,
  coalesce(a.day, s.day) as day,
  ifNull(a.events, 0) as raw_events,
  ifNull(s.events, 0) as staged_events
from absorbed as a
full outer join staged as s on s.source = a.source and s.day = a.day
where raw_events != staged_events
