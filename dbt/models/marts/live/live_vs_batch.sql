{%- set newest = "(select max(snapshot_id) from " ~ source('live', 'live_snapshots') ~ ")" -%}
{%- set taken_at = "(select max(taken_at) from " ~ source('live', 'live_snapshots') ~ ")" -%}
{#- A commit is stamped a moment before others see it. -#}
{%- set since_live = taken_at ~ " - toIntervalSecond(5)" -%}
-- Live and batch never stop at the same event. Which days that can explain is told by the rows: web events between the
-- offsets the two have come to, orders that changed since the live figures or landed since this build opened.
with live as (
  select 'web' as kpi, day, toString(source) as source, '' as currency, {{ figures_of(web_metrics()) }} as figure
  from {{ source('live', 'live_web_day') }}
  where snapshot_id = {{ newest }}
  union all
  select 'orders' as kpi, day, toString(source) as source, toString(currency) as currency, {{ figures_of(order_metrics()) }} as figure
  from {{ source('live', 'live_order_day') }}
  where snapshot_id = {{ newest }}
),

batch as (
  select 'web' as kpi, toDate32(day) as day, toString(source) as source, '' as currency, {{ figures_of(web_metrics()) }} as figure
  from {{ ref('daily_web_kpis') }}
  union all
  select 'orders' as kpi, toDate32(day) as day, toString(source) as source, toString(currency) as currency, {{ figures_of(order_metrics()) }} as figure
  from {{ ref('daily_order_kpis') }}
),

changed_orders as (
  select distinct toString(source) as order_source, order_id
  from {{ source('raw', 'sales_orders_history') }}
  where _commit_time > {{ since_live }} or _cdc_offset >= {{ built_up_to('sales_orders', '_cdc_partition') }}
  union distinct
  select distinct toString(source) as order_source, order_id
  from {{ source('raw', 'sales_order_items_history') }}
  where _commit_time > {{ since_live }} or _offset >= {{ built_up_to('sales_order_items', '_partition') }}
),

moving as (
  select distinct 'web' as moving_kpi, {{ business_day('event_time') }} as moving_day, toString(source) as event_source, '' as moving_currency
  from {{ source('raw', 'web_events_current') }}
  where _offset >= least(
    {{ built_up_to('web_events', '_partition') }},
    ifNull((select argMax(web_offsets, snapshot_id) from {{ source('live', 'live_snapshots') }})[_partition], 0)
  )
  union distinct
  -- The day an order was in before, too.
  select distinct
    'orders' as moving_kpi, {{ business_day('h.purchase_time') }} as moving_day, toString(h.source) as event_source,
    toString(h.currency) as moving_currency
  from {{ source('raw', 'sales_orders_history') }} as h
  inner join changed_orders on changed_orders.order_source = h.source and changed_orders.order_id = h.order_id
),

compared as (
  select
    ifNull(live.kpi, batch.kpi) as kpi,
    ifNull(live.day, batch.day) as day,
    ifNull(live.source, batch.source) as source,
    ifNull(live.currency, batch.currency) as currency,
    ifNull(live.metric, batch.metric) as metric,
    live.value as live,
    batch.value as batch,
    live.kpi is not null and batch.kpi is not null and ifNull(live.value = batch.value, live.value is null and batch.value is null) as is_equal
  from (select kpi, day, source, currency, figure.1 as metric, figure.2 as value from live) as live
  full outer join (select kpi, day, source, currency, figure.1 as metric, figure.2 as value from batch) as batch
    on live.kpi = batch.kpi and live.day = batch.day and live.source = batch.source and live.currency = batch.currency
      and live.metric = batch.metric
)

select
  assumeNotNull(compared.kpi) as kpi,
  assumeNotNull(compared.day) as day,
  assumeNotNull(compared.source) as source,
  assumeNotNull(compared.currency) as currency,
  assumeNotNull(compared.metric) as metric,
  compared.live as live,
  compared.batch as batch,
  multiIf(compared.is_equal, 'equal', moving.moving_kpi is not null, 'moving', 'differs') as state,
  assumeNotNull({{ taken_at }}) as live_taken_at
from compared
left join moving
  on compared.kpi = moving.moving_kpi and compared.day = moving.moving_day
    and compared.source = moving.event_source and compared.currency = moving.moving_currency
where (select count() from {{ source('live', 'live_snapshots') }}) > 0
