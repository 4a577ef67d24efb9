{#- A row of day figures as rows of (metric, figure). -#}
{% macro figures_of(metrics) -%}
arrayJoin([
  {%- for metric in metrics %}
  ('{{ metric }}', cast({{ metric }} as Nullable(Decimal(38, 4)))){{ ',' if not loop.last }}
  {%- endfor %}
])
{%- endmacro %}

{% macro web_metrics() -%}
  {{- return(['total_events', 'unique_users', 'total_page_views', 'total_product_clicks', 'total_sessions']) -}}
{%- endmacro %}

{% macro order_metrics() -%}
  {{- return([
    'total_orders', 'valid_orders', 'gross_amount', 'net_amount', 'avg_amount', 'total_products', 'credit_amount',
    'adjustment_amount', 'credit_notes', 'adjustments'
  ]) -}}
{%- endmacro %}

{#- A partition's next offset in the vector of this build; 0 where nothing of it had landed. -#}
{% macro built_up_to(vector_source, partition) -%}
ifNull(mapFromArrays(
  (select groupArray(toInt32(partition)) from {{ source('batch', 'batch_vector') }} final where build_id = {{ quoted(build_id()) }} and source = '{{ vector_source }}'),
  (select groupArray(next_offset) from {{ source('batch', 'batch_vector') }} final where build_id = {{ quoted(build_id()) }} and source = '{{ vector_source }}')
)[toInt32({{ partition }})], 0)
{%- endmacro %}
