{{ config(materialized='table', order_by='(source, day, device, channel, country, step_number)', contract={'enforced': true}) }}

-- Sessions by the step of the funnel they reached, in order: a checkout without a product in the cart before it is no
-- fourth step. By the day a session began on.
with sessions as (
  select
    source,
    session_day,
    ifNull(device, 'unknown') as device,
    channel,
    ifNull(country, 'unknown') as country,
    visitor_key,
    steps_reached
  from {{ ref('int_sessions') }}
),

counted as (
  select
    source,
    session_day,
    device,
    channel,
    country,
    arrayJoin([
      (1, 'visit'), (2, 'product_view'), (3, 'add_to_cart'), (4, 'checkout')
    ]::Array(Tuple(UInt8, String))) as number,
    countIf(steps_reached >= number.1) as reached,
    countIf(steps_reached >= number.1 - 1) as reached_before,
    count() as started,
    uniqExactIf(visitor_key, steps_reached >= number.1) as visitors
  from sessions
  group by source, session_day, device, channel, country, number
)

select
  source,
  session_day as day,
  device,
  channel,
  country,
  number.1 as step_number,
  number.2 as step,
  reached as sessions,
  visitors,
  -- Of the sessions at the step before; the first step has none before it.
  if(number.1 = 1, reached, reached_before) as sessions_before,
  toUInt64(sessions_before - sessions) as dropped_sessions,
  {{ share('reached', 'sessions_before') }} as conversion_rate,
  {{ share('dropped_sessions', 'sessions_before') }} as drop_off_rate,
  {{ share('reached', 'started') }} as conversion_from_visit,
  {{ built_at() }} as mart_loaded_at
from counted
