{{ config(
  materialized='incremental', unique_key='session_ref', order_by='(source, session_day, visitor_key)',
  on_schema_change='fail', contract={'enforced': true}
) }}

{#- Sessions that have new events, and those whose anonymous part belongs to somebody else by now. -#}
{%- call touched_days() -%}
select session_ref
from (
  select {{ session_ref('source', 'session_id') }} as session_ref
  from {{ vector_source('web_events').unmerged }}
  where session_id is not null and {{ new_rows('web_events') }}
  union distinct
  select session_ref
  from (select session_ref, customer_id is null as is_anonymous, arrayJoin(identity_claims) as claim from {{ this }})
  where if(
    is_anonymous,
    claim in (
      select {{ identity_claim('source', 'anonymous_id', "concat('anonymous:', anonymous_id)") }}
      from {{ ref('int_identity') }} where customer_id is not null
    ),
    claim not in (
      select {{ identity_claim('source', 'anonymous_id', "concat('user:', assumeNotNull(customer_id))") }}
      from {{ ref('int_identity') }} where customer_id is not null
    )
  )
)
{%- endcall -%}

-- Sessions with their anonymous beginning joined to what the same visitor did after logging in, on the day they began.
with parts as (
  select p.*, {{ visitor_key('p', 'i') }} as visitor_key, {{ visitor_customer('p', 'i') }} as customer_id,
    {{ position_in_time('p.first_at', 'sipHash64(p.user_key, p.day)') }} as position
  from {{ ref('int_session_parts') }} as p
  left join {{ ref('int_identity') }} as i on {{ identity_of('p', 'i') }}
  where p.session_id is not null
  {% if is_incremental() %}
    and p.session_ref in ({{ touched() }})
  {% endif %}
),

sessions as (
  select
    source,
    visitor_key,
    assumeNotNull(session_id) as session_id,
    any(customer_id) as customer_id,
    min(first_at) as started_at,
    max(last_at) as ended_at,
    sum(events) as events,
    sum(page_views) as page_views,
    sum(product_views) as product_views,
    sum(add_to_carts) as add_to_carts,
    sum(checkouts) as checkouts,
    sum(searches) as searches,
    sum(logins) as logins,
    argMin(device, position) as device,
    argMin(country, position) as country,
    argMin(region, position) as region,
    argMin(channel, position) as channel,
    argMin(campaign, position) as campaign,
    argMin(landing_page, position) as landing_page,
    arrayMap(
      a -> {{ identity_claim('source', 'a', 'visitor_key') }}, arraySort(groupUniqArrayIf(user_key, not is_identified))
    ) as identity_claims,
    arrayMin(arrayFlatten(groupArray(product_view_times))) as first_view,
    arraySort(arrayFlatten(groupArray(add_to_cart_times))) as cart_times,
    arraySort(arrayFlatten(groupArray(checkout_times))) as checkout_times
  from parts
  group by source, visitor_key, session_id
),

-- The funnel counts a step only after the one before it.
steps as (
  select
    *,
    if(product_views = 0, null, first_view) as viewed_at,
    if(viewed_at is null, [], arrayFilter(t -> t >= assumeNotNull(viewed_at), cart_times))[1] as first_cart,
    if(viewed_at is null or first_cart = toDateTime64(0, 6, 'UTC'), null, first_cart) as added_at,
    if(added_at is null, [], arrayFilter(t -> t >= assumeNotNull(added_at), checkout_times))[1] as first_checkout,
    if(added_at is null or first_checkout = toDateTime64(0, 6, 'UTC'), null, first_checkout) as bought_at
  from sessions
)

select
  reinterpretAsUUID(sipHash128(source, visitor_key, session_id)) as session_key,
  -- What a session is rebuilt by: whoever took part in it, on whatever days.
  {{ session_ref('source', 'session_id') }} as session_ref,
  source,
  {{ business_day('started_at') }} as session_day,
  visitor_key,
  customer_id,
  session_id,
  started_at,
  ended_at,
  dateDiff('second', started_at, ended_at) as duration_seconds,
  events,
  page_views,
  product_views,
  add_to_carts,
  checkouts,
  searches,
  logins,
  device,
  country,
  region,
  ifNull(channel, 'direct') as channel,
  campaign,
  landing_page,
  identity_claims,
  viewed_at,
  added_at,
  bought_at,
  toUInt8(1 + (viewed_at is not null) + (added_at is not null) + (bought_at is not null)) as steps_reached,
  {{ built_at() }} as dbt_loaded_at
from steps
