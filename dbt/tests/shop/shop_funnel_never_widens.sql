-- Steps that more sessions reached than the step before, and sessions that stand in no funnel.
select source, day, 'a step wider than the one before' as finding
from {{ ref('funnel_steps') }}
where sessions > sessions_before or visitors > sessions
union all
select s.source as source, s.day as day, 'sessions missing' as finding
from (
  select source, session_day as day, count() as sessions
  from {{ ref('int_sessions') }}
  group by source, day
) as s
left join (
  select source, day, sum(sessions) as sessions
  from {{ ref('funnel_steps') }}
  where step_number = 1
  group by source, day
) as f on f.source = s.source and f.day = s.day
where s.sessions != ifNull(f.sessions, 0)
