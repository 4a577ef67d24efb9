{#-
  Which rows of a source a model still has to take in: since(source) and upto(source), conditions on the partition and
  offset that every row carries. The lower end is what the model itself took in when it last succeeded; never another
  model's, never a time. The upper end was fixed when the build opened, so that all models of a build see the same rows.
-#}

{% macro since(source, alias=none, partition=none, offset=none) -%}
  {%- if not is_building() or not is_incremental() -%}{{- return('true') -}}{%- endif -%}
  {%- do must_follow(source) -%}
  {{- return(compare_positions(source, '>=', taken_in(this_key(), source), [alias, partition, offset])) -}}
{%- endmacro %}

{% macro upto(source, alias=none, partition=none, offset=none) -%}
  {%- if not is_building() -%}{{- return('true') -}}{%- endif -%}
  {%- do must_follow(source) -%}
  {{- return(compare_positions(source, '<', reachable(source), [alias, partition, offset])) -}}
{%- endmacro %}

{#- (since) and (upto): the rows that are new to this model. -#}
{% macro new_rows(source, alias=none, partition=none, offset=none) -%}
  {{- return('(' ~ since(source, alias, partition, offset) ~ ' and ' ~ upto(source, alias, partition, offset) ~ ')') -}}
{%- endmacro %}

{% macro must_follow(source) -%}
  {%- do vector_source(source) -%}
  {%- if source not in sources_of(model) -%}
    {%- do exceptions.raise_compiler_error(
      model.name ~ " follows '" ~ source ~ "' but reads no source whose meta.vector in models/sources.yml is that") -%}
  {%- endif -%}
{%- endmacro %}

{% macro this_key() -%}
  {{- return(this.schema ~ '.' ~ this.identifier) -}}
{%- endmacro %}

{#- A partition that the vector does not know counts from 0. -#}
{% macro compare_positions(source, operator, vector, names) -%}
  {%- set partition = position_column(source, 'partition', names[1], names[0]) -%}
  {%- set offset = position_column(source, 'offset', names[2], names[0]) -%}
  {%- if not vector -%}
    {{- return(offset ~ ' ' ~ operator ~ ' 0') -}}
  {%- endif -%}
  {{- return(offset ~ ' ' ~ operator ~ ' transform(toInt32(' ~ partition ~ '), ['
    ~ (vector.keys() | join(', ')) ~ '], [' ~ (vector.values() | join(', ')) ~ '], 0)') -}}
{%- endmacro %}

{#- {partition: next_offset} that a model has taken in. -#}
{% macro taken_in(key, source) -%}
  {{- return(vector_of('ops.model_vector', "model = " ~ quoted(key) ~ " and source = " ~ quoted(source))) -}}
{%- endmacro %}

{% macro vector_of(table, condition) -%}
  {%- set vector = {} -%}
  {%- for row in run_query(
    'select partition, next_offset from ' ~ table ~ ' final where ' ~ condition ~ ' order by partition').rows -%}
    {%- do vector.update({row['partition'] | int: row['next_offset'] | int}) -%}
  {%- endfor -%}
  {{- return(vector) -}}
{%- endmacro %}

{#-
  Up to where this model can read: the build's vector, or less where an incremental model it reads from did not get that
  far (it was not selected): rows that are not there yet must not count as taken in.
-#}
{% macro reachable(source) -%}
  {%- set vector = vector_of(
    'ops.batch_vector', "build_id = " ~ quoted(build_id()) ~ " and source = " ~ quoted(source)) -%}
  {%- for id in upstream_of(model) -%}
    {%- set node = graph.nodes.get(id, {}) -%}
    {%- if node and node.config.materialized == 'incremental' and source in sources_of(node) -%}
      {%- set limit = taken_in(node.schema ~ '.' ~ node.alias, source) -%}
      {%- for partition in vector.keys() | list -%}
        {%- do vector.update({partition: [vector[partition], limit.get(partition, 0)] | min}) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {{- return(vector) -}}
{%- endmacro %}

{#- Called by the materialization when the model's rows stand. -#}
{% macro advance_vector() -%}
  {%- for source in sources_of(model) -%}
    {%- set vector = reachable(source) -%}
    {#- A source without rows leaves a mark too: that the model has finished. -#}
    {%- set values = [] -%}
    {%- for partition, next_offset in (vector or {0: 0}).items() -%}
      {%- do values.append(
        '(' ~ quoted(this_key()) ~ ', ' ~ quoted(source) ~ ', ' ~ partition ~ ', ' ~ next_offset ~ ', '
        ~ quoted(build_id()) ~ ')') -%}
    {%- endfor -%}
    {%- do execute_sql(
      'insert into ops.model_vector (model, source, partition, next_offset, build_id) values ' ~ values | join(', ')) -%}
  {%- endfor -%}
{%- endmacro %}

{#-
  Overrides dbt's. Also false when the model never finished, or when one of its sources changed below what it has taken
  in: then it is made anew.
-#}
{% macro is_incremental() -%}
  {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
    {{- return(false) -}}
  {%- endif -%}
  {%- set relation = load_relation(this) -%}
  {%- if relation is none or relation.type != 'table' -%}{{- return(false) -}}{%- endif -%}
  {{- return(unfinished_sources() == 0) -}}
{%- endmacro %}

{#- How many sources of this model it never took in to the end, or were reset since. -#}
{% macro unfinished_sources() -%}
  {%- set names = sources_of(model) -%}
  {%- if not names -%}
    {%- do exceptions.raise_compiler_error(model.name ~ ' is incremental but reads no source that can be followed') -%}
  {%- endif -%}
  {%- set list = [] -%}
  {%- for name in names -%}{%- do list.append(quoted(name)) -%}{%- endfor -%}
  {%- set row = run_query(
    "select countIf(taken.source = '' or taken.at < reset.at) as missing "
    ~ "from (select arrayJoin([" ~ list | join(', ') ~ "]) as source) as wanted "
    ~ "left join (select source, min(at) as at from ops.model_vector final where model = " ~ quoted(this_key())
    ~ " group by source) as taken on taken.source = wanted.source "
    ~ "left join (select source, max(at) as at from ops.source_resets group by source) as reset "
    ~ "on reset.source = wanted.source settings join_use_nulls = 0").rows | first -%}
  {{- return(row['missing'] | int) -}}
{%- endmacro %}
