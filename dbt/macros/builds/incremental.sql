{#-
  Which days (or whatever `unique_key` is) an incremental model has to rebuild: {% call touched_days() %} a query that
  gives them {% endcall %}. Run while the model is compiled in a real, incremental run; what it gives is stored before any
  row is deleted.
-#}
{% macro touched_days() -%}
  {%- if is_building() and is_incremental() -%}{%- do store_touched(caller()) -%}{%- endif -%}
{%- endmacro %}

{% macro store_touched(query) -%}
  {%- do execute_sql(
    "insert into ops.touched (model, key, build_id) select distinct " ~ quoted(this_key()) ~ ", toString(key), "
    ~ quoted(build_id()) ~ " from (select * from (" ~ query ~ ") as touched) as t(key)") -%}
{%- endmacro %}

{#- What was touched as a subquery's body: where day in ({{ touched() }}). -#}
{% macro touched() -%}
  {%- if not is_building() -%}{{- return("select day from (select today() as day) where false") -}}{%- endif -%}
  {{- return("select cast(key, " ~ quoted(key_type()) ~ ") from ops.touched final where model = "
    ~ quoted(this_key())) -}}
{%- endmacro %}

{#- A real, incremental run of a model that says what it has to rebuild, and nothing is. -#}
{% macro is_untouched() -%}
  {{- return(is_incremental() and 'touched_days()' in model.raw_code
    and not first_column('select 1 from ops.touched where model = ' ~ quoted(this_key()) ~ ' limit 1')) -}}
{%- endmacro %}

{#- Type of the column by which the model is rebuilt: from its contract, else asked of its table, once. -#}
{% macro key_type() -%}
  {%- set kept = graph.setdefault('ebb_key_types', {}) -%}
  {%- set name = invocation_id ~ ' ' ~ this_key() -%}
  {%- if name not in kept -%}
    {%- set key = config.require('unique_key') -%}
    {%- set promised = model.columns.get(key, {}).get('data_type') -%}
    {%- do kept.update({name: promised if promised and config.get('contract').enforced else type_in_table(key)}) -%}
  {%- endif -%}
  {{- return(kept[name]) -}}
{%- endmacro %}

{% macro type_in_table(key) -%}
  {%- for column in adapter.get_columns_in_relation(this) if column.name == key -%}
    {{- return(column.data_type) -}}
  {%- endfor -%}
  {%- do exceptions.raise_compiler_error(
    model.name ~ ' has no column ' ~ key ~ '; unique_key must be a column') -%}
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

  {%- if is_untouched() -%}
    {%- call noop_statement('main', 'OK') -%}{%- endcall -%}
  {%- elif is_incremental() -%}
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

{#- A partition of its own for each model: dropping it waits for nobody, where a mutation waits its turn behind merges. -#}
{% macro forget_touched() -%}
  {%- do execute_sql('alter table ops.touched drop partition ' ~ quoted(this_key())) -%}
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

{#- The columns of both tables. They differ where a macro changed: what the model's own text does not show. -#}
{% macro must_have_same_columns(target_relation, side) -%}
  {%- set columns = {target_relation.identifier: [], side.identifier: []} -%}
  {%- for row in run_query(
    "select table, name from system.columns where database = " ~ quoted(side.schema) ~ " and table in ("
    ~ quoted(target_relation.identifier) ~ ", " ~ quoted(side.identifier) ~ ") order by position").rows -%}
    {%- do columns[row['table']].append(row['name']) -%}
  {%- endfor -%}
  {%- if columns[target_relation.identifier] | sort != columns[side.identifier] | sort -%}
    {%- do exceptions.raise_compiler_error(
      model.name ~ ' has other columns than its table; make it anew: ebb build --full-refresh --select ' ~ model.name ~ '+') -%}
  {%- endif -%}
  {{- return('"' ~ columns[side.identifier] | join('", "') ~ '"') -}}
{%- endmacro %}

{% macro rebuild_days(target_relation, side, day) -%}
  {%- call statement('main') -%}
    {{ get_create_table_as_sql(False, side, sql) }}
  {%- endcall -%}
  {%- set columns = must_have_same_columns(target_relation, side) -%}
  {#- A day that new rows were given although nothing had touched it loses its old ones as well. -#}
  {%- do store_touched('select ' ~ day ~ ' from ' ~ side) -%}
  {%- set is_touched = day ~ ' in (' ~ touched() ~ ')' -%}
  {%- if config.get('incremental_strategy') == 'append' -%}
    {%- do attach_all(target_relation, side) -%}
  {%- elif config.get('partition_by') -%}
    {%- do replace_partitions(target_relation, side, is_touched, columns) -%}
  {%- else -%}
    {%- do execute_sql('delete from ' ~ target_relation ~ ' where ' ~ is_touched) -%}
    {%- do attach_all(target_relation, side) -%}
  {%- endif -%}
{%- endmacro %}

{#- By its parts, which both tables then share: nothing is written twice. -#}
{% macro attach_all(target_relation, side) -%}
  {%- for id in first_column(partitions_of(side)) -%}
    {%- do execute_sql('alter table ' ~ target_relation ~ ' attach partition id ' ~ quoted(id) ~ ' from ' ~ side) -%}
  {%- endfor -%}
{%- endmacro %}

{#-
  Untouched days of the partitions that have touched ones move over to the new rows, then whole partitions are exchanged:
  no mutation, so the cost is that of some months however long the history, and a killed run is repeated.
-#}
{% macro replace_partitions(target_relation, side, is_touched, columns) -%}
  {%- set ids = first_column(partitions_of(target_relation, is_touched) ~ ' union distinct ' ~ partitions_of(side)) -%}
  {%- do execute_sql(
    'insert into ' ~ side ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from ' ~ target_relation ~ ' where has('
    ~ ids ~ ', _partition_id) and not ' ~ is_touched) -%}
  {%- set filled = first_column(partitions_of(side)) -%}
  {%- for id in ids -%}
    {%- do execute_sql(
      'alter table ' ~ target_relation ~ (' replace' if id in filled else ' drop') ~ ' partition id ' ~ quoted(id)
      ~ (' from ' ~ side if id in filled else '')) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro partitions_of(relation, condition='true') -%}
  {{- return('select distinct _partition_id from ' ~ relation ~ ' where ' ~ condition) -}}
{%- endmacro %}

{#- Not by the column's name: an answer without rows has no columns here. -#}
{% macro first_column(query) -%}
  {%- set values = [] -%}
  {%- for row in run_query(query).rows -%}{%- do values.append(row[0]) -%}{%- endfor -%}
  {{- return(values) -}}
{%- endmacro %}
