{#-
  What incremental models can follow: relations whose rows carry a partition and an offset that only grows, every row
  once, deleted ones too. `unmerged`: the table beneath, in which a row may stand several times; to look through it for new
  rows takes a fraction of the time.
-#}
{% macro vector_sources() -%}
  {%- set sources = {
    'web_events': {'relation': 'raw.web_events_current', 'unmerged': 'raw.web_events', 'is_complete': true},
    'retail_files': {'relation': 'raw.loaded_files', 'dataset': 'retail_transactions'},
    'customer_profiles': {'relation': 'raw.loaded_files', 'dataset': 'customer_profiles'},
    'documents': {'relation': 'raw.loaded_files', 'dataset': 'documents'},
  } -%}
  {%- for table in [
    'crm.customers', 'crm.offers', 'crm.support_tickets', 'crm.transactions', 'crm.usage_logs', 'crm.identity_unmerges',
    'sales.orders', 'sales.order_items', 'sales.order_status_history'
  ] -%}
    {%- set name = table | replace('.', '_') -%}
    {#- These have columns _partition and _offset of their own: the position in purchase_events. -#}
    {%- set prefix = '_cdc_' if table in ('sales.orders', 'sales.order_status_history') else '_' -%}
    {%- do sources.update({name: {
      'relation': 'raw.' ~ name ~ '_history', 'table': table,
      'partition': prefix ~ 'partition', 'offset': prefix ~ 'offset'
    }}) -%}
  {%- endfor -%}
  {{- return(sources) -}}
{%- endmacro %}

{% macro vector_source(name) -%}
  {%- set found = vector_sources().get(name) -%}
  {%- if not found -%}
    {%- do exceptions.raise_compiler_error(
      "'" ~ name ~ "' is no source that can be followed; one of " ~ (vector_sources().keys() | join(', '))) -%}
  {%- endif -%}
  {{- return(found) -}}
{%- endmacro %}

{#- Column that holds the partition, or the offset, of a row of the source. -#}
{% macro position_column(name, part, override, alias) -%}
  {%- set column = override or vector_source(name).get(part, '_' ~ part) -%}
  {{- return((alias ~ '.' if alias else '') ~ column) -}}
{%- endmacro %}

{#- The names of the sources that a model reads, through whatever models; by `meta.vector` in models/sources.yml. -#}
{% macro sources_of(node) -%}
  {%- set found = [] -%}
  {%- for upstream in upstream_of(node) -%}
    {%- set source = graph.sources.get(upstream, {}) -%}
    {%- set name = source.get('meta', {}).get('vector') or source.get('config', {}).get('meta', {}).get('vector') -%}
    {%- if name and name not in found -%}{%- do found.append(name) -%}{%- endif -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- Ids of everything a node is made of. -#}
{% macro upstream_of(node) -%}
  {%- set seen = [] -%}
  {%- set waiting = node.depends_on.nodes | list -%}
  {%- for _ in range(10000) if waiting -%}
    {%- set id = waiting.pop() -%}
    {%- if id not in seen -%}
      {%- do seen.append(id) -%}
      {%- do waiting.extend(graph.nodes.get(id, {}).get('depends_on', {}).get('nodes', [])) -%}
    {%- endif -%}
  {%- endfor -%}
  {{- return(seen) -}}
{%- endmacro %}
