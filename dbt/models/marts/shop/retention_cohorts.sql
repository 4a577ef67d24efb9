{{ config(materialized='table', order_by='(source, activity, period, cohort, periods_since)', contract={'enforced': true}) }}

-- Who came back: of those first seen (or first buying) in a week or month, how many were there again 1, 2, … periods
-- later, up to the day the source is looked at from. Visitors who logged in once are one with what they did before. A period that the as-of day
-- stands in is not over: its rate is a lower bound.
with acted as (
  select 'visit' as activity, p.source as source, {{ visitor_key('p', 'i') }} as who, p.business_day as day
  from {{ ref('int_session_parts') }} as p
  left join (
    select * from {{ ref('int_identity') }} where customer_id is not null and linked_at < {{ as_of_end() }}
  ) as i on {{ identity_of('p', 'i') }}
  inner join {{ ref('int_source_days') }} as a on a.source = p.source
  where p.business_day <= a.as_of
  union all
  select 'purchase' as activity, source, concat('user:', assumeNotNull(customer_id)) as who, order_day as day
  from {{ ref('int_orders') }}
  where is_valid and customer_id is not null
),

days as (
  select activity, source, who, groupUniqArray(toDate32(day)) as days
  from acted
  group by activity, source, who
),

periods as (
  select
    activity,
    source,
    arrayJoin([
      ('week', arraySort(arrayDistinct(arrayMap(d -> toDate32(toMonday(d)), days)))),
      ('month', arraySort(arrayDistinct(arrayMap(d -> toDate32(toStartOfMonth(d)), days))))
    ]) as each,
    each.1 as period,
    each.2[1] as cohort,
    arrayJoin(each.2) as at
  from days
),

numbered as (
  select
    activity,
    source,
    period,
    cohort,
    toUInt32(if(period = 'week', dateDiff('day', cohort, at) / 7, dateDiff('month', cohort, at))) as periods_since
  from periods
),

counted as (
  select activity, source, period, cohort, periods_since, count() as active
  from numbered
  group by activity, source, period, cohort, periods_since
),

-- Periods in which nobody came back are rows too: a triangle without holes.
grid as (
  select
    activity,
    source,
    period,
    cohort,
    a.as_of as as_of,
    active as cohort_size,
    arrayJoin(range(1 + least(
      if(period = 'week', {{ var('retention_weeks', 52) }}, {{ var('retention_months', 24) }}),
      toUInt32(if(
        period = 'week', dateDiff('day', cohort, toMonday(a.as_of)) / 7, dateDiff('month', cohort, a.as_of)))
    ))) as periods_since
  from counted
  inner join {{ ref('int_source_days') }} as a on a.source = counted.source
  where counted.periods_since = 0
)

select
  g.activity as activity,
  g.source as source,
  g.period as period,
  g.cohort as cohort,
  toUInt32(g.periods_since) as periods_since,
  g.cohort_size as cohort_size,
  ifNull(c.active, 0) as active,
  {{ share('active', 'cohort_size') }} as retention_rate,
  -- The last day of the period has passed.
  (if(period = 'week', addDays(cohort, 7 * (periods_since + 1)), toDate32(addMonths(cohort, periods_since + 1)))
    <= addDays(g.as_of, 1))::Bool as is_complete,
  {{ built_at() }} as mart_loaded_at
from grid as g
left join counted as c
  on c.activity = g.activity and c.source = g.source and c.period = g.period and c.cohort = g.cohort
  and c.periods_since = g.periods_since
