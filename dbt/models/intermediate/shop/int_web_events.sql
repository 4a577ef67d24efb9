{{ config(materialized='view', contract={'enforced': true}) }}

-- Events with what can be told from them: country and region, kind of device, channel, category of the product. A view:
-- models that read some days pay for these days alone.
-- nullIf, since people read it too, whose joins fill in empty texts.
select
  e.event_id as event_id,
  e.source as source,
  e.day as day,
  e.business_day as business_day,
  e.user_key as user_key,
  e.is_identified as is_identified,
  e.customer_id as customer_id,
  e.anonymous_id as anonymous_id,
  e.session_id as session_id,
  e.event_timestamp_utc as event_timestamp_utc,
  e.event_type as event_type,
  e.page_url as page_url,
  if(e.page_url is null, null, path(e.page_url)) as page_path,
  e.product_id as product_id,
  nullIf(p.product_name, '') as product_name,
  coalesce(nullIf(p.category, ''), nullIf(extract(ifNull(e.page_url, ''), '/category/([^/?#]+)'), '')) as product_category,
  e.order_id as order_id,
  e.search_query as search_query,
  multiIf(
    e.device_type is null, null,
    lower(e.device_type) in ('mobile', 'phone', 'smartphone'), 'mobile',
    lower(e.device_type) in ('desktop', 'laptop', 'pc'), 'desktop',
    lower(e.device_type) = 'tablet', 'tablet',
    'other') as device,
  coalesce(nullIf(c.country_code, ''), e.country) as country,
  nullIf(c.country_name, '') as country_name,
  nullIf(c.region, '') as region,
  {{ visit_channel('e') }} as channel,
  e.utm_campaign as campaign
from {{ ref('stg_website_events') }} as e
left join {{ ref('country_names') }} as c on c.given = lower(e.country)
left join {{ ref('shop_products') }} as p on p.source = e.source and p.product_id = e.product_id
