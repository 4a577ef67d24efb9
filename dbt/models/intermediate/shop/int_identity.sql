{{ config(materialized='table', order_by='(source, anonymous_id)', contract={'enforced': true}) }}

-- Whose the anonymous events of a browser are. Events that carry a user_id beside the anonymous_id say so: the first user
-- seen with it, by event time, is the customer, for the past as well. A function of the set of all events and unmerges
-- and nothing else: late logins, repeats and withdrawn unmerges give what they would have given at once.
-- An anonymous_id that more than `identity_max_users` people used is a public device and nobody's.
with links as (
  select
    source,
    anonymous_id,
    user_key as customer_id,
    min(first_at) as linked_at
  from {{ ref('int_session_parts') }}
  where is_identified and anonymous_id is not null
  group by source, anonymous_id, customer_id
),

judged as (
  select
    l.source as source,
    assumeNotNull(l.anonymous_id) as anonymous_id,
    l.customer_id as customer_id,
    l.linked_at as linked_at,
    u.user_id is not null as is_unmerged
  from links as l
  left join {{ source('raw', 'crm_identity_unmerges_current') }} as u
    on u.source = l.source and u.anonymous_id = l.anonymous_id and u.user_id = l.customer_id
)

select
  source,
  anonymous_id,
  if(claims between 1 and {{ var('identity_max_users', 5) }}, first_claim.2, null) as customer_id,
  if(claims between 1 and {{ var('identity_max_users', 5) }}, first_claim.1, null) as linked_at,
  users,
  toUInt64(users - claims) as unmerged_users,
  (claims > {{ var('identity_max_users', 5) }})::Bool as is_public_device,
  {{ built_at() }} as dbt_loaded_at
from (
  select
    source,
    anonymous_id,
    count() as users,
    countIf(not is_unmerged) as claims,
    minIf((linked_at, customer_id), not is_unmerged) as first_claim
  from judged
  group by source, anonymous_id
)
