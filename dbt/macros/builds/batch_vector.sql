{#- Stores up to where the build reads, and notes what was changed below where the last one read. -#}
{% macro take_vector(id) -%}
  {%- for name, source in vector_sources().items() -%}
    {%- if table_exists(source.relation) -%}
      {%- do note_resets(id, name, source) -%}
      {%- do execute_sql(
        'insert into ops.batch_vector (build_id, source, partition, next_offset, rows) select ' ~ quoted(id) ~ ', '
        ~ quoted(name) ~ ', p, max(o) + 1, count() from (' ~ positions(source) ~ ') group by p') -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro table_exists(name) -%}
  {%- set parts = name.split('.') -%}
  {{- return(run_query(
    'select count() as n from system.tables where database = ' ~ quoted(parts[0]) ~ ' and name = '
    ~ quoted(parts[1])).rows[0]['n'] | int > 0) -}}
{%- endmacro %}

{#- Partition p and offset o of every row. A file's load is an offset: they grow with every load of any file. -#}
{% macro positions(source) -%}
  {%- if source.dataset -%}
    {{- return("select toInt32(0) as p, toInt64(load_id) as o from raw.loaded_files where dataset = "
      ~ quoted(source.dataset)) -}}
  {%- endif -%}
  {{- return('select ' ~ source.get('partition', '_partition') ~ ' as p, ' ~ source.get('offset', '_offset')
    ~ ' as o from ' ~ source.relation) -}}
{%- endmacro %}

{#-
  Three things happen to a source without a row above the last vector: its topic is made anew (offsets begin again), rows
  are put back at their old offsets, a barrier hides rows. Each is noted, and models that follow the source are then
  made anew. Captured rows that a connector repeats move to greater offsets, so of those only a growing number counts.
-#}
{% macro note_resets(id, name, source) -%}
  {%- set last = last_vector(name) -%}
  {%- if last -%}
    {%- set found = run_query(changes_below(source, last)).rows[0] -%}
    {%- set reasons = [] -%}
    {%- if found['set_back'] | int > 0 -%}{%- do reasons.append('its offsets begin anew') -%}{%- endif -%}
    {%- if not source.dataset and (found['put_back'] | int > 0 or source.is_complete and found['gone'] | int > 0) -%}
      {%- do reasons.append('rows below the last vector came or went') -%}
    {%- endif -%}
    {%- if has_new_barrier(name, source) -%}{%- do reasons.append('rows were hidden by a barrier') -%}{%- endif -%}
    {%- if reasons -%}
      {%- do log(name ~ ': ' ~ reasons | join(', ') ~ '; models that follow it are made anew', info=true) -%}
      {%- do execute_sql(
        'insert into ops.source_resets (source, reason, build_id, at) select ' ~ quoted(name) ~ ', '
        ~ quoted(reasons | join(', ')) ~ ', ' ~ quoted(id)
        ~ ', greatest(now64(6), (select max(at) from ops.model_vector) + toIntervalMicrosecond(1))') -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- [partition, next_offset, rows] of the last build that read the source. -#}
{% macro last_vector(name) -%}
  {{- return(run_query(
    'select partition, next_offset, rows from ops.batch_vector final where source = ' ~ quoted(name)
    ~ ' and build_id = (select argMax(build_id, taken_at) from ops.batch_vector where source = ' ~ quoted(name)
    ~ ')').rows) -}}
{%- endmacro %}

{% macro changes_below(source, last) -%}
  {%- set partitions = last | map(attribute='partition') | join(', ') -%}
  {%- set offsets = last | map(attribute='next_offset') | join(', ') -%}
  {%- set rows = last | map(attribute='rows') | join(', ') -%}
  {{- return(
    'select countIf(now.next_offset < last.o) as set_back, countIf(now.below > last.n) as put_back, '
    ~ 'countIf(now.below < last.n) as gone from (select arrayJoin(arrayZip([' ~ partitions ~ '], [' ~ offsets
    ~ '], [' ~ rows ~ '])) as t, toInt32(t.1) as p, toInt64(t.2) as o, toUInt64(t.3) as n) as last left join ('
    ~ 'select p, max(o) + 1 as next_offset, countIf(o < transform(p, [' ~ partitions ~ '], [' ~ offsets
    ~ '], 0)) as below from (' ~ positions(source) ~ ') group by p) as now on now.p = last.p '
    ~ 'settings join_use_nulls = 0') -}}
{%- endmacro %}

{% macro has_new_barrier(name, source) -%}
  {%- if not source.table -%}{{- return(false) -}}{%- endif -%}
  {{- return(run_query(
    'select count() as n from ops.barriers where table_name = ' ~ quoted(source.table)
    ~ ' and made_at > (select max(taken_at) from ops.batch_vector where source = ' ~ quoted(name)
    ~ ')').rows[0]['n'] | int > 0) -}}
{%- endmacro %}
