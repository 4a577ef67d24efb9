{{ config(
  materialized='incremental', unique_key='day', partition_by='toYYYYMM(day)', order_by='(source, day)',
  on_schema_change='fail', contract={'enforced': true}
) }}
{%- call touched_days() -%}
select distinct business_day as day from {{ ref('int_session_parts') }} where day in ({{ touched_web_days() }})
{%- endcall -%}

-- The figures of kpi.web_day, by its definitions: a visitor who logs in counts under both ids.
select
  business_day as day,
  source,
  sum(events) as total_events,
  uniqExact(user_key) as unique_users,
  sum(page_views) as total_page_views,
  sum(product_views) as total_product_clicks,
  uniqExactIf((user_key, assumeNotNull(session_id)), session_id is not null) as total_sessions,
  {{ built_at() }} as dbt_loaded_at
from {{ ref('int_session_parts') }}
{% if is_incremental() %}
where business_day in ({{ touched() }})
{% endif %}
group by business_day, source
