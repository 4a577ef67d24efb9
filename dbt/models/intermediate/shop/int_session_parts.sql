{{ config(
  materialized='incremental', unique_key='day', order_by='(source, day, user_key)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_web_days() }}{%- endcall -%}

-- What one user key did in one session (or outside of any) on one day: everything above the single event is made of
-- these. They say nothing about who an anonymous visitor is, so that a later login changes none of them.
select
  source,
  day,
  business_day,
  user_key,
  is_identified,
  anonymous_id,
  session_id,
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
  argMin(device, (event_timestamp_utc, event_id)) as device,
  argMin(country, (event_timestamp_utc, event_id)) as country,
  argMin(region, (event_timestamp_utc, event_id)) as region,
  argMin(channel, (event_timestamp_utc, event_id)) as channel,
  argMin(campaign, (event_timestamp_utc, event_id)) as campaign,
  argMin(page_path, (event_timestamp_utc, event_id)) as landing_page,
  -- Two of a customer's million pages share a hash with probability 3 * 10^-8.
  arraySort(groupUniqArrayIf(sipHash64(assumeNotNull(page_url)), page_url is not null)) as page_hashes,
  arraySort(groupUniqArrayIf(assumeNotNull(product_category), product_category is not null)) as categories,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'product_view')) as product_view_times,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'add_to_cart')) as add_to_cart_times,
  arraySort(groupArrayIf(event_timestamp_utc, event_type = 'checkout_success')) as checkout_times,
  {{ built_at() }} as dbt_loaded_at
from {{ ref('int_web_events') }}
{% if is_incremental() %}
where day in ({{ touched() }})
{% endif %}
group by source, day, business_day, user_key, is_identified, anonymous_id, session_id
