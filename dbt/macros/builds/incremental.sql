{#-
  Which days (or whatever `unique_key` is) an incremental model has to rebuild: {% call touched_days() %} a query that
  gives them {% endcall %}. Run while the model is compiled in a real, incremental run; what it gives is stored before any
  row is deleted.
-#}
{% macro touched_days() -%}
  {%- if is_building() and is_incremental() -%}
    {%- do execute_sql(
      "insert into ops.touched_keys (model, key, build_id) select distinct " ~ quoted(this_key()) ~ ", toString(key), "
      ~ quoted(build_id()) ~ " from (select * from (" ~ caller() ~ ") as touched) as t(key)") -%}
  {%- endif -%}
{%- endmacro %}

{#- What was touched as a subquery's body: where day in ({{ touched() }}). -#}
{% macro touched() -%}
  {%- if not is_building() -%}{{- return("select day from (select today() as day) where false") -}}{%- endif -%}
  {{- return("select cast(key, " ~ quoted(key_type()) ~ ") from ops.touched_keys final where model = "
    ~ quoted(this_key())) -}}
{%- endmacro %}

{#- Type of the column by which the model is rebuilt. -#}
{% macro key_type() -%}
  {%- for column in adapter.get_columns_in_relation(this) if column.name == config.require('unique_key') -%}
    {{- return(column.data_type) -}}
  {%- endfor -%}
  {%- do exceptions.raise_compiler_error(
    model.name ~ ' has no column ' ~ config.require('unique_key') ~ '; unique_key must be a column') -%}
{%- endmacro %}

{#-
  Replaces dbt-clickhouse's: whole days are rebuilt, in an order in which a killed run can always be repeated.
  dbt's own delete+insert forgets a day that has become empty, and fills a new table in place, so that a first run that
  was killed looks finished.
-#}
{% materialization incremental, adapter='clickhouse' %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set day = config.require('unique_key') -%}
  {%- set side = make_intermediate_relation(target_relation) -%}
  {%- do drop_relation_if_exists(load_relation(side)) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if is_incremental() -%}
    {%- do rebuild_days(target_relation, side, day) -%}
  {%- else -%}
    {%- do rebuild_whole(existing, target_relation, side) -%}
  {%- endif -%}
  {%- do advance_vector() -%}
  {%- do forget_touched() -%}
  {%- do adapter.drop_relation(side) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro forget_touched() -%}
  {%- set condition = ' ops.touched_keys where model = ' ~ quoted(this_key()) -%}
  {%- if run_query('select count() as n from' ~ condition).rows[0]['n'] | int > 0 -%}
    {%- do execute_sql('delete from' ~ condition) -%}
  {%- endif -%}
{%- endmacro %}

{% macro rebuild_whole(existing, target_relation, side) -%}
  {%- call statement('main') -%}
    {{ get_create_table_as_sql(False, side, sql) }}
  {%- endcall -%}
  {%- if existing is none -%}
    {%- do adapter.rename_relation(side, target_relation) -%}
  {%- elif existing.type == 'table' -%}
    {%- do execute_sql('exchange tables ' ~ side ~ ' and ' ~ target_relation) -%}
  {%- else -%}
    {%- do adapter.drop_relation(existing) -%}
    {%- do adapter.rename_relation(side, target_relation) -%}
  {%- endif -%}
{%- endmacro %}

{#- A macro changed: what the model's own text does not show. -#}
{% macro must_have_same_columns(target_relation, side) -%}
  {%- set old = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | sort -%}
  {%- set new = adapter.get_columns_in_relation(side) | map(attribute='name') | sort -%}
  {%- if old != new -%}
    {%- do exceptions.raise_compiler_error(
      model.name ~ ' has other columns than its table; make it anew: ebb build --full-refresh --select ' ~ model.name ~ '+') -%}
  {%- endif -%}
{%- endmacro %}

{% macro rebuild_days(target_relation, side, day) -%}
  {%- call statement('main') -%}
    {{ get_create_table_as_sql(False, side, sql) }}
  {%- endcall -%}
  {%- do must_have_same_columns(target_relation, side) -%}
  {%- if config.get('incremental_strategy') != 'append' -%}
    {%- do execute_sql(
      'delete from ' ~ target_relation ~ ' where ' ~ day ~ ' in (' ~ touched() ~ ') or ' ~ day
      ~ ' in (select ' ~ day ~ ' from ' ~ side ~ ')') -%}
  {%- endif -%}
  {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') | join(', ') -%}
  {%- do execute_sql(
    'insert into ' ~ target_relation ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from ' ~ side) -%}
{%- endmacro %}
