{#- The id of the build under way. Commands that write need one; parsing, documentation and lineage do without. -#}
{% macro build_id() -%}
  {%- set id = var('build_id', '') -%}
  {%- if id -%}
    {%- do check_build_id(id) -%}
    {{- return(id) -}}
  {%- elif flags.WHICH in ('run', 'build', 'seed', 'snapshot', 'clone') -%}
    {%- do exceptions.raise_compiler_error(
      "no build_id: open a candidate and name it, --vars '{build_id: p20261121184500_1a2b}', or use ebb build") -%}
  {%- endif -%}
  {{- return('dev') -}}
{%- endmacro %}

{% macro check_build_id(id) -%}
  {%- if not modules.re.match('^p[0-9]{14}_[0-9a-f]{4}$', id | string) -%}
    {%- do exceptions.raise_compiler_error("build_id '" ~ id ~ "' must look like p20261121184500_1a2b") -%}
  {%- endif -%}
{%- endmacro %}

{% macro marts_database(id) -%}
  {{- return('marts_' ~ id) -}}
{%- endmacro %}

{#- staging and intermediate keep their names; marts have one database per build. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {%- if custom_schema_name == 'marts' -%}
    {{ marts_database(build_id()) }}
  {%- else -%}
    {{ custom_schema_name or target.schema }}
  {%- endif -%}
{%- endmacro %}

{#- A text as a ClickHouse literal. -#}
{% macro quoted(text) -%}
  {{- return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'") -}}
{%- endmacro %}

{% macro execute_sql(sql) -%}
  {%- call statement('execute_sql', fetch_result=false, auto_begin=false) -%}{{ sql }}{%- endcall -%}
{%- endmacro %}

{#- Whether this node is really being built, as opposed to parsed, documented, listed or unit-tested. -#}
{% macro is_building() -%}
  {{- return(execute and flags.WHICH in ('run', 'build') and model.resource_type == 'model') -}}
{%- endmacro %}
