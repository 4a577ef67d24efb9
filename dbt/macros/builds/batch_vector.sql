{#- Stores up to where the build reads, and notes what was changed below where the last one read. -#}
{% macro take_vector(id) -%}
  {%- set last = last_vectors() -%}
  {%- set now = positions_now(last) -%}
  {%- set values = [] -%}
  {%- for row in now -%}
    {%- do values.append('(' ~ [
      quoted(id), quoted(row['source']), row['partition'], row['next_offset'], row['total']] | join(', ') ~ ')') -%}
  {%- endfor -%}
  {%- for source, reasons in resets(last, now).items() if reasons -%}
    {%- do print(source ~ ': ' ~ reasons | join(', ') ~ '; models that follow it are made anew') -%}
    {%- do execute_sql(
      'insert into ops.source_resets (source, reason, build_id, at) select ' ~ quoted(source) ~ ', '
      ~ quoted(reasons | join(', ')) ~ ', ' ~ quoted(id)
      ~ ', greatest(now64(6), (select max(at) from ops.model_vector) + toIntervalMicrosecond(1))') -%}
  {%- endfor -%}
  {%- if values -%}
    {%- do execute_sql(
      'insert into ops.batch_vector (build_id, source, partition, next_offset, rows) values ' ~ values | join(', ')) -%}
  {%- endif -%}
{%- endmacro %}

{#- Source, partition, next_offset, total of every source that is there. -#}
{% macro positions_now(last) -%}
  {%- set there = run_query("select concat(database, '.', name) as name from system.tables where database = 'raw'").rows
    | map(attribute='name') | list -%}
  {%- set queries = [] -%}
  {%- for name, source in vector_sources().items() if source.relation in there -%}
    {%- do queries.append(
      'select ' ~ quoted(name) ~ ' as source, p as partition, max(o) + 1 as next_offset, count() as total, countIf('
      ~ below_last(last, name) ~ ') as below from (' ~ positions(source) ~ ') group by p') -%}
  {%- endfor -%}
  {{- return(run_query(queries | join(' union all ')).rows if queries else []) -}}
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

{% macro below_last(last, name) -%}
  {%- set rows = last | selectattr('source', 'equalto', name) | list -%}
  {%- if not rows -%}{{- return('false') -}}{%- endif -%}
  {{- return('o < transform(p, [' ~ rows | map(attribute='partition') | join(', ') ~ '], ['
    ~ rows | map(attribute='next_offset') | join(', ') ~ '], 0)') -}}
{%- endmacro %}

{#- The vector of the last build that read each source, and whether a barrier has hidden rows of it since. -#}
{% macro last_vectors() -%}
  {%- set rows = [] -%}
  {%- for row in run_query(
    "select source, partition, next_offset, rows, taken_at < hidden_at as is_hidden from ("
    ~ "select toString(source) as source, partition, next_offset, rows, taken_at from ops.batch_vector final "
    ~ "where (source, build_id) in (select source, argMax(build_id, taken_at) from ops.batch_vector group by source)"
    ~ ") as v left join (select replaceOne(table_name, '.', '_') as source, max(made_at) as hidden_at "
    ~ "from ops.barriers group by source) as b on b.source = v.source order by source, partition "
    ~ "settings join_use_nulls = 0").rows -%}
    {%- do rows.append(row.dict()) -%}
  {%- endfor -%}
  {{- return(rows) -}}
{%- endmacro %}

{#-
  Three things happen to a source without a row above the last vector: its topic is made anew (offsets begin again), rows
  are put back at their old offsets, a barrier hides rows. Each is noted, and models that follow the source are then
  made anew. Captured rows that a connector repeats move to greater offsets, so of those only a growing number counts:
  rows put back between two builds in which as many were repeated are found by the ledger alone.
-#}
{% macro resets(last, now) -%}
  {%- set found = {} -%}
  {%- for was in last -%}
    {%- set source = vector_source(was['source']) -%}
    {%- set reasons = found.setdefault(was['source'], []) -%}
    {%- set is = now | selectattr('source', 'equalto', was['source'])
      | selectattr('partition', 'equalto', was['partition']) | first -%}
    {%- if not is or is['next_offset'] < was['next_offset'] -%}
      {%- do add_once(reasons, 'its offsets begin anew') -%}
    {%- elif not source.dataset and (is['below'] > was['rows'] or source.is_complete and is['below'] != was['rows']) -%}
      {%- do add_once(reasons, 'rows below the last vector came or went') -%}
    {%- endif -%}
    {%- if was['is_hidden'] | int -%}{%- do add_once(reasons, 'rows were hidden by a barrier') -%}{%- endif -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{% macro add_once(list, text) -%}
  {%- if text not in list -%}{%- do list.append(text) -%}{%- endif -%}
{%- endmacro %}
