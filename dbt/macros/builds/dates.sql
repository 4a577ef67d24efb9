{#- What a build is a picture of; fixed when its candidate was opened, the same in every command of the build. -#}

{#- Today in the business time zone: shop and bank. -#}
{% macro as_of() -%}
  {{- return("toDate('" ~ candidate().as_of ~ "')") -}}
{%- endmacro %}

{#- The last loaded day of the retailer's files. -#}
{% macro as_of_retail() -%}
  {{- return("toDate('" ~ candidate().as_of_retail ~ "')") -}}
{%- endmacro %}

{#- For loaded-at columns only: nothing else may differ between two builds of the same data. -#}
{% macro built_at() -%}
  {{- return("toDateTime64('" ~ candidate().started_at ~ "', 3, 'UTC')") -}}
{%- endmacro %}

{% macro reporting_currency() -%}
  {{- return(quoted(env_var('EBB_REPORTING_CURRENCY', var('reporting_currency')))) -}}
{%- endmacro %}

{% macro business_timezone() -%}
  {{- return(quoted(env_var('EBB_BUSINESS_TIMEZONE', 'UTC'))) -}}
{%- endmacro %}

{#- The row of this build in marts.publication; fixed dates where nothing is built. -#}
{% macro candidate() -%}
  {%- set id = var('build_id', '') -%}
  {%- set kept = graph.setdefault('ebb_candidates', {}) if execute else {} -%}
  {%- if execute and id and id not in kept and flags.WHICH in ('run', 'build', 'test', 'compile', 'show') -%}
    {%- do kept.update({id: run_query(
      "select toString(as_of) as as_of, toString(ifNull(as_of_retail, as_of)) as as_of_retail, "
      ~ "toString(started_at) as started_at from marts.publication final where id = " ~ quoted(id)).rows | first}) -%}
  {%- endif -%}
  {%- set found = kept.get(id) -%}
  {%- if found -%}
    {{- return({'as_of': found['as_of'], 'as_of_retail': found['as_of_retail'], 'started_at': found['started_at']}) -}}
  {%- endif -%}
  {{- return({'as_of': '2026-01-01', 'as_of_retail': '2026-01-01', 'started_at': '2026-01-01 00:00:00.000'}) -}}
{%- endmacro %}
