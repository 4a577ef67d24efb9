{{ config(materialized='table', order_by='(source, day)', contract={'enforced': true}) }}

-- Web traffic by day as the Live page counts it, and beside it with visitors joined to what they are known as by now.
with stitched as (
  select
    p.business_day as day,
    p.source as source,
    uniqExact({{ visitor_key('p', 'i') }}) as stitched_users,
    uniqExactIf({{ visitor_customer('p', 'i') }}, {{ visitor_customer('p', 'i') }} is not null) as known_customers,
    uniqExactIf(({{ visitor_key('p', 'i') }}, assumeNotNull(p.session_id)), p.session_id is not null) as stitched_sessions
  from {{ ref('int_session_parts') }} as p
  left join {{ ref('int_identity') }} as i on {{ identity_of('p', 'i') }}
  group by day, source
)

select
  d.day as day,
  d.source as source,
  d.total_events as total_events,
  d.unique_users as unique_users,
  d.total_page_views as total_page_views,
  d.total_product_clicks as total_product_clicks,
  d.total_sessions as total_sessions,
  ifNull(s.stitched_users, 0) as stitched_users,
  ifNull(s.known_customers, 0) as known_customers,
  ifNull(s.stitched_sessions, 0) as stitched_sessions,
  {{ built_at() }} as mart_loaded_at
from {{ ref('daily_web_kpis') }} as d
left join stitched as s on s.source = d.source and s.day = d.day
