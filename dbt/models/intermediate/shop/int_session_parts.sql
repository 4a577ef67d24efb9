{{ config(
  materialized='incremental', unique_key='day', partition_by='toYYYYMM(day)', order_by='(source, day, user_key)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_web_days() }}{%- endcall -%}

-- What one user key did in one session (or outside of any) on one day: everything above the single event is made of
-- these. They say nothing about who an anonymous visitor is, so that a later login changes none of them.
with events as (
  -- Place of an event in time, equal times in the order of their ids: one number, since ordering by a tuple of columns
  -- takes ten times as long.
  select *, {{ position_in_time('event_timestamp_utc', 'toUInt64(reinterpretAsUInt128(event_id))') }} as position
  from {{ ref('int_web_events') }}
  {% if is_incremental() %}
  where day in ({{ touched() }})
  {% endif %}
)

select
  source,
  day,
  business_day,
  user_key,
  is_identified,
  anonymous_id,
  session_id,
  if(session_id is null, null, {{ session_ref('source', 'session_id') }}) as session_ref,
  min(event_timestamp_utc) as first_at,
  max(event_timestamp_utc) as last_at,
  count() as events,
  countIf(event_type = 'page_view') as page_views,
  countIf(event_type = 'product_view') as product_views,
  countIf(event_type = 'add_to_cart') as add_to_carts,
  countIf(event_type = 'checkout_success') as checkouts,
  countIf(event_type = 'search') as searches,
  countIf(event_type = 'login') as logins,
  -- In the order of the events, so that the first to say something is heard.
  argMin(device, position) as device,
  argMin(country, position) as country,
  argMin(region, position) as region,
  argMin(channel, position) as channel,
  argMin(campaign, position) as campaign,
  argMin(page_path, position) as landing_page,
  -- Two of a customer's million pages share a hash with probability 3 * 10^-8.
  arraySort(groupUniqArrayIf(sipHash64(assumeNotNull(page_url)), page_url is not null)) as page_hashes,
  arraySort(groupUniqArrayIf(assumeNotNull(product_category), product_category is not null)) as categories,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'product_view')) as product_view_times,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'add_to_cart')) as add_to_cart_times,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'checkout_success')) as checkout_times,
  {{ built_at() }} as dbt_loaded_at
from events
group by source, day, business_day, user_key, is_identified, anonymous_id, session_id
