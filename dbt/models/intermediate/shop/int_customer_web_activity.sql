{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- What each known customer did on the web until the as-of day, what they did before their first login included. Built
-- whole, for the clock's sake. Only who was known by then is joined to a customer.
with parts as (
  select p.*, a.as_of as as_of
  from {{ ref('int_session_parts') }} as p
  inner join {{ ref('int_source_days') }} as a on a.source = p.source
  where p.business_day <= a.as_of
),

known as (
  select p.*, {{ visitor_customer('p', 'i') }} as visitor_customer_id,
    {{ position_in_time('p.last_at', 'sipHash64(p.user_key, p.day)') }} as position
  from parts as p
  left join (
    select * from {{ ref('int_identity') }} where customer_id is not null and linked_at < {{ as_of_end() }}
  ) as i on {{ identity_of('p', 'i') }}
),

summed as (
  select
    source,
    assumeNotNull(visitor_customer_id) as customer_id,
    sum(events) as total_web_events,
    length(groupUniqArrayArray(page_hashes)) as unique_pages_visited,
    uniqExact(session_id) as sessions,
    min(first_at) as first_web_activity_timestamp,
    max(k.as_of) as as_of,
    max(last_at) as last_web_activity_timestamp,
    max(business_day) as last_web_activity_day,
    sum(page_views) as total_page_views,
    sum(product_views) as total_product_views,
    sum(add_to_carts) as total_add_to_carts,
    sum(checkouts) as total_checkouts,
    sum(searches) as total_searches,
    sumIf(events, business_day > addDays(k.as_of, -30)) as events_last_30_days,
    uniqExactIf(session_id, business_day > addDays(k.as_of, -30)) as sessions_last_30_days,
    uniqExact(business_day) as active_days,
    argMax(device, position) as last_device,
    argMax(country, position) as last_country
  from known as k
  where visitor_customer_id is not null
  group by source, customer_id
)

select
  source,
  customer_id,
  total_web_events,
  toUInt64(unique_pages_visited) as unique_pages_visited,
  sessions,
  first_web_activity_timestamp,
  last_web_activity_timestamp,
  {{ days_between('last_web_activity_day', 'as_of') }} as days_since_last_web_activity,
  total_page_views,
  total_add_to_carts,
  total_searches,
  total_product_views,
  total_checkouts,
  events_last_30_days,
  sessions_last_30_days,
  active_days,
  last_device,
  last_country,
  {{ built_at() }} as dbt_loaded_at
from summed
