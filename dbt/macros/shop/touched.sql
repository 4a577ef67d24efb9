{#- Days with web events that are new to this model. The table, not its view: a repeat only touches a day for nothing. -#}
{% macro touched_web_days() -%}
select distinct day from {{ vector_source('web_events').unmerged }} where {{ new_rows('web_events') }}
{%- endmacro %}

{#-
  Business days that any version of a changed order was ever bought on: the new day, and the old one of an order that was
  moved or deleted. Without an upper bound: the orders are read as they are now, so one that changes while the build runs
  must leave its old day too; its rows count as new once more in the next build.
-#}
{% macro touched_order_days() -%}
select distinct {{ business_day('h.purchase_time') }} as day
from {{ source('raw', 'sales_orders_history') }} as h
where (h.source, h.order_id) in (
  select source, order_id from {{ source('raw', 'sales_orders_history') }} where {{ since('sales_orders') }}
  union all
  select source, order_id from {{ source('raw', 'sales_order_items_history') }} where {{ since('sales_order_items') }}
)
{%- endmacro %}
