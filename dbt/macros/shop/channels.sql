{#-
  Through which channel a visit came, of the campaign and the page it came from; null where the event says nothing about
  it (no campaign, no referrer, or one of the shop's own pages).
-#}
{% macro visit_channel(event) -%}
{%- set medium = "lower(ifNull(" ~ event ~ ".utm_medium, ''))" -%}
{%- set source = "lower(ifNull(" ~ event ~ ".utm_source, ''))" -%}
{%- set from = "lower(domainWithoutWWW(ifNull(" ~ event ~ ".referrer, '')))" -%}
if({{ event }}.utm_medium is null and {{ event }}.utm_source is null and {{ event }}.referrer is null, null, multiIf(
  match({{ medium }}, '^(.*cp[acm]|ppc|paid.*|display|banner|ads?|retargeting)$'), 'ads',
  {{ medium }} in ('email', 'e-mail', 'newsletter') or {{ source }} in ('newsletter', 'email'), 'email',
  {{ medium }} in ('social', 'social-network', 'social-media', 'sm'), 'social',
  {{ medium }} in ('organic', 'search'), 'search',
  {{ medium }} in ('referral', 'affiliate', 'partner'), 'referral',
  {{ medium }} != '' or {{ source }} != '', 'other',
  match({{ from }}, '(^|\\.)(google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|search)\\.'), 'search',
  match({{ from }}, '(^|\\.)(facebook|instagram|twitter|x|t|tiktok|linkedin|lnkd|pinterest|reddit|youtube)\\.'), 'social',
  {{ from }} != '' and {{ from }} != lower(domainWithoutWWW(ifNull({{ event }}.page_url, ''))), 'referral',
  null
))
{%- endmacro %}
