{#- Before every run: nobody builds into what is published, or beside a later build. -#}
{% macro begin_run() -%}
  {%- if execute and flags.WHICH in ('run', 'build', 'seed') -%}
    {%- set known = publication_row(build_id()) -%}
    {%- if not known -%}
      {%- do exceptions.raise_compiler_error(
        "build " ~ build_id() ~ " is not open: dbt run-operation open_candidate --args '{id: " ~ build_id() ~ "}'") -%}
    {%- elif known['state'] != 'building' -%}
      {%- do exceptions.raise_compiler_error(
        'build ' ~ build_id() ~ ' is ' ~ known['state'] ~ (' (' ~ known['reason'] ~ ')' if known['reason'] else '')
        ~ '; open another') -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- After every run: what became of each node; publish decides by it. -#}
{% macro record_results(results) -%}
  {%- if execute and var('build_id', '') and results -%}
    {%- set values = [] -%}
    {#- Not how fresh sources are: that is a warning for people. -#}
    {%- for result in results if result.node.resource_type != 'source' -%}
      {%- do values.append(result_values(result)) -%}
    {%- endfor -%}
    {%- if values -%}{%- do insert_results(values) -%}{%- endif -%}
  {%- endif -%}
{%- endmacro %}

{% macro insert_results(values) -%}
  {%- do execute_sql(
    'insert into ops.dbt_results (build_id, invocation_id, node_id, resource_type, status, message, rows, seconds, at) '
    ~ 'values ' ~ values | join(', ')) -%}
{%- endmacro %}

{#- `rows` of a test are those that fail it. -#}
{% macro result_values(result) -%}
  {%- set failures = result.failures if result.failures is not none and result.failures is defined else 'NULL' -%}
  {{- return('(' ~ [
    quoted(build_id()), quoted(invocation_id), quoted(result.node.unique_id), quoted(result.node.resource_type),
    quoted(result.status), quoted((result.message or '')[:2000]), failures, result.execution_time, "now64(3, 'UTC')"
  ] | join(', ') ~ ')') -}}
{%- endmacro %}
