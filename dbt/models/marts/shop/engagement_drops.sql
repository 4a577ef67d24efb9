{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- Known customers who come less than they used to, before they are gone: sessions of the last 14 days beside what the 56
-- days before let expect. A drop is one that chance alone rarely makes: had the customer kept their pace, as few sessions
-- would come (Poisson) in one of twenty fortnights at most.
with known as (
  select
    source,
    assumeNotNull(s.customer_id) as customer_id,
    countIf(session_day > addDays({{ as_of() }}, -14)) as recent_sessions,
    countIf(session_day <= addDays({{ as_of() }}, -14)) as baseline_sessions,
    max(session_day) as last_session_day
  from {{ ref('int_sessions') }} as s
  -- Of the table: a bare name would mean the column above, which is never null.
  where s.customer_id is not null and session_day <= {{ as_of() }} and session_day > addDays({{ as_of() }}, -70)
  group by source, customer_id
),

expected as (
  select *, baseline_sessions / 4 as expected_sessions
  from known
  where baseline_sessions > 0
),

judged as (
  select
    *,
    round(least(1., arraySum(
      k -> exp(k * log(expected_sessions) - expected_sessions - lgamma(k + 1)), range(0, toUInt32(recent_sessions) + 1))), 6)
      as probability
  from expected
)

select
  source,
  customer_id,
  recent_sessions,
  expected_sessions,
  round(greatest(0., 1 - recent_sessions / expected_sessions), 4) as drop_rate,
  probability,
  multiIf(
    probability <= 0.01 and recent_sessions < expected_sessions, 'strong',
    probability <= 0.05 and recent_sessions < expected_sessions, 'likely',
    'none') as drop_level,
  dateDiff('day', last_session_day, toDate32({{ as_of() }})) as days_since_last_session,
  {{ built_at() }} as mart_loaded_at
from judged
