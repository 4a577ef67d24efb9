{{ config(
  materialized='incremental', unique_key='day', partition_by='toYYYYMM(day)', order_by='(source, day, user_key, event_id)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}{{ touched_web_days() }}{%- endcall -%}

select
  -- Surrogate of the identity (source, day, user key, the sender's id): two of 10^10 events share one with
  -- probability 10^-19.
  reinterpretAsUUID(sipHash128(e.source, toString(e.day), e.user_key, e.event_id)) as event_id,
  e.source as source,
  e.day as day,
  {{ business_day('e.event_time') }} as business_day,
  e.event_id as sender_event_id,
  e.user_key as user_key,
  e.is_identified as is_identified,
  if(e.is_identified, e.user_key, null) as customer_id,
  e.anonymous_id as anonymous_id,
  e.event_time as event_timestamp_utc,
  e.event_type as event_type,
  e.session_id as session_id,
  e.page_url as page_url,
  e.product_id as product_id,
  e.order_id as order_id,
  e.device_type as device_type,
  e.search_query as search_query,
  e.country as country,
  e.referrer as referrer,
  e.utm_source as utm_source,
  e.utm_medium as utm_medium,
  e.utm_campaign as utm_campaign,
  e._kafka_time as stream_processed_at_utc,
  {{ built_at() }} as dbt_loaded_at
from {{ source('raw', 'web_events_current') }} as e
where {{ upto('web_events', alias='e') }}
{% if is_incremental() %}
  and e.day in ({{ touched() }})
{% endif %}
