{#-
  Opens a build: its row in marts.publication, its database, and the vector up to which it reads. Opening the same one
  twice changes nothing. A build that was under way is given up: of two only the later may publish.

    dbt run-operation open_candidate --args '{id: p20261121184500_1a2b, as_of: 2026-11-21}'

  A partial build (`is_partial: true`, here and for publish) makes some models and takes the others over from the current
  publication; it is of the same day as that one.
-#}
{% macro open_candidate(id, as_of=none, as_of_retail=none, is_partial=false) -%}
  {%- if execute -%}
    {%- do check_build_id(id) -%}
    {%- set known = publication_row(id) -%}
    {%- if not known -%}
      {%- do give_up_others(id) -%}
      {%- do take_vector(id) -%}
      {%- do execute_sql('create database if not exists ' ~ marts_database(id)) -%}
      {%- set current = current_publication() if is_partial and not as_of else none -%}
      {%- do insert_candidate(id, current['as_of'] if current else as_of, as_of_retail) -%}
    {%- elif known['state'] != 'building' -%}
      {%- do exceptions.raise_compiler_error('build ' ~ id ~ ' is ' ~ known['state'] ~ ' already; take another id') -%}
    {%- endif -%}
    {%- do print('open ' ~ tojson(publication_row(id))) -%}
  {%- endif -%}
{%- endmacro %}

{% macro publication_row(id) -%}
  {%- set row = run_query(
    'select id, toString(as_of) as as_of, toString(as_of_retail) as as_of_retail, toString(started_at) as started_at, '
    ~ 'state, reason from marts.publication final where id = ' ~ quoted(id)).rows | first -%}
  {{- return(row.dict() if row else none) -}}
{%- endmacro %}

{#- Ends a candidate that will not be published; one that has been stays. -#}
{% macro give_up(id, reason='given up') -%}
  {%- if execute -%}
    {%- set known = publication_row(id) -%}
    {%- if known and known['state'] == 'building' -%}{%- do set_state(id, 'failed', reason) -%}{%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- Also ends what a killed dbt left running in the server: it must not write into tables that this build rebuilds. -#}
{% macro give_up_others(id) -%}
  {%- do execute_sql(
    "kill query where Settings['log_comment'] = 'ebb-dbt' and query_id != queryID() and query_kind != 'KillQuery' async") -%}
  {%- for row in run_query("select id from marts.publication final where state = 'building'").rows -%}
    {%- do set_state(row['id'], 'failed', 'given up for ' ~ id) -%}
  {%- endfor -%}
{%- endmacro %}

{#- Grows also when the clock is set back. -#}
{% macro new_version() -%}
  {{- return('greatest(toUInt64(toUnixTimestamp64Micro(now64(6))), (select max(_version) + 1 from marts.publication))') -}}
{%- endmacro %}

{% macro insert_candidate(id, as_of, as_of_retail) -%}
  {%- set today = 'toDate(now(), ' ~ business_timezone() ~ ')' -%}
  {%- do execute_sql(
    'insert into marts.publication (id, as_of, as_of_retail, started_at, built_at, state, _version) select '
    ~ quoted(id) ~ ', ' ~ ('toDate(' ~ quoted(as_of) ~ ')' if as_of else today) ~ ', '
    ~ ('toDate(' ~ quoted(as_of_retail) ~ ')' if as_of_retail else retail_last_day())
    ~ ", now64(3, 'UTC'), now64(3, 'UTC'), 'building', " ~ new_version()) -%}
{%- endmacro %}

{#- Writes the row anew with another state; all else stays. -#}
{% macro set_state(id, state, reason) -%}
  {%- set columns = 'id, as_of, as_of_retail, started_at, built_at, models, tests_passed, tests_warned, tests_failed' -%}
  {%- do execute_sql(
    'insert into marts.publication (' ~ columns ~ ', state, reason, _version) select ' ~ columns ~ ', '
    ~ quoted(state) ~ ', ' ~ quoted(reason) ~ ', ' ~ new_version() ~ ' from marts.publication final where id = '
    ~ quoted(id)) -%}
{%- endmacro %}
