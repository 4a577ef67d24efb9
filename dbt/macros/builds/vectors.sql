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
  {%- set exact = offset ~ ' ' ~ operator ~ ' transform(toInt32(' ~ partition ~ '), ['
    ~ (vector.keys() | join(', ')) ~ '], [' ~ (vector.values() | join(', ')) ~ '], 0)' -%}
  {{- return('(' ~ not_below(partition, offset, vector) ~ ' and ' ~ exact ~ ')' if operator == '>=' else exact) -}}
{%- endmacro %}

{#-
  Implied by the exact comparison, and in constants: an index on positions then passes over what was taken in before, so
  that looking for new rows costs as much as there are, however long the history.
-#}
{% macro not_below(partition, offset, vector) -%}
  {%- set count = vector | length -%}
  {%- if vector.keys() | list | sort != range(count) | list -%}{{- return('true') -}}{%- endif -%}
  {{- return('(' ~ offset ~ ' >= ' ~ (vector.values() | min) ~ ' or ' ~ partition ~ ' >= ' ~ count ~ ')') -}}
{%- endmacro %}

{#- {partition: next_offset} that a model has taken in. -#}
{% macro taken_in(key, source) -%}
  {{- return(positions_of(this_plan(), 'taken', key, source)) -}}
{%- endmacro %}

{#-
  Up to where this model can read: the build's vector, or less where an incremental model it reads from did not get that
  far (it was not selected): rows that are not there yet must not count as taken in.
-#}
{% macro reachable(source) -%}
  {%- set plan = this_plan() -%}
  {%- set vector = positions_of(plan, 'batch', '', source) -%}
  {%- for key, sources in plan.upstream.items() if source in sources -%}
    {%- set limit = positions_of(plan, 'taken', key, source) -%}
    {%- for partition in vector.keys() | list -%}
      {%- do vector.update({partition: [vector[partition], limit.get(partition, 0)] | min}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{- return(vector) -}}
{%- endmacro %}

{% macro positions_of(plan, kind, key, source) -%}
  {%- set vector = {} -%}
  {%- for row in plan.rows if row['kind'] == kind and row['key'] == key and row['source'] == source -%}
    {%- do vector.update({row['partition'] | int: row['next_offset'] | int}) -%}
  {%- endfor -%}
  {{- return(vector) -}}
{%- endmacro %}

{#-
  What is known of this model when its turn comes, read once: macros ask for it many times while it is compiled and made,
  and all must get the same answer. dbt keeps nothing between two calls of a macro but the graph.
-#}
{% macro this_plan() -%}
  {%- set kept = graph.setdefault('ebb_plans', {}) -%}
  {%- set name = invocation_id ~ ' ' ~ this_key() -%}
  {%- if name not in kept -%}
    {%- set upstream = incremental_upstream(model) -%}
    {%- set keys = [quoted(this_key())] -%}
    {%- for key in upstream.keys() -%}{%- do keys.append(quoted(key)) -%}{%- endfor -%}
    {%- do kept.update({name: {'upstream': upstream, 'rows': plan_rows(keys | join(', '))}}) -%}
  {%- endif -%}
  {{- return(kept[name]) -}}
{%- endmacro %}

{% macro plan_rows(keys) -%}
  {%- set rows = [] -%}
  {%- for row in run_query(
    "select * from (select 'taken' as kind, toString(model) as key, toString(source) as source, partition, next_offset, at "
    ~ "from ops.model_vector final where model in (" ~ keys ~ ") "
    ~ "union all select 'batch', '', toString(source), partition, next_offset, taken_at "
    ~ "from ops.batch_vector final where build_id = " ~ quoted(build_id())
    ~ " union all select 'reset', '', toString(source), 0, 0, max(at) from ops.source_resets group by source) "
    ~ "order by kind, key, source, partition").rows -%}
    {%- do rows.append(row.dict()) -%}
  {%- endfor -%}
  {{- return(rows) -}}
{%- endmacro %}

{#- {name of a table: sources it follows} of the incremental models that this one is made of. -#}
{% macro incremental_upstream(node) -%}
  {%- set found = {} -%}
  {%- for id in upstream_of(node) -%}
    {%- set upstream = graph.nodes.get(id, {}) -%}
    {%- if upstream and upstream.config.materialized == 'incremental' -%}
      {%- do found.update({upstream.schema ~ '.' ~ upstream.alias: sources_of(upstream)}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- Called by the materialization when the model's rows stand. -#}
{% macro advance_vector() -%}
  {%- set values = [] -%}
  {%- for source in sources_of(model) -%}
    {#- A source without rows leaves a mark too: that the model has finished. Partitions that are gone begin anew. -#}
    {%- set vector = {0: 0} -%}
    {%- for partition in taken_in(this_key(), source) -%}{%- do vector.update({partition: 0}) -%}{%- endfor -%}
    {%- do vector.update(reachable(source)) -%}
    {%- for partition, next_offset in vector.items() -%}
      {%- do values.append(
        '(' ~ quoted(this_key()) ~ ', ' ~ quoted(source) ~ ', ' ~ partition ~ ', ' ~ next_offset ~ ', '
        ~ quoted(build_id()) ~ ')') -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do values.append(
    '(' ~ quoted(this_key()) ~ ", 'code', 0, " ~ code_fingerprint() ~ ', ' ~ quoted(build_id()) ~ ')') -%}
  {%- do execute_sql(
    'insert into ops.model_vector (model, source, partition, next_offset, build_id) values ' ~ values | join(', ')) -%}
{%- endmacro %}

{#-
  Overrides dbt's. Also false when the model never finished, when its SQL or that of a model it reads is not what made the
  table, or when one of its sources changed below what it has taken in: then it is made anew.
-#}
{% macro is_incremental() -%}
  {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
    {{- return(false) -}}
  {%- endif -%}
  {%- set relation = load_cached_relation(this) -%}
  {%- if relation is none or relation.type != 'table' or not is_building() -%}{{- return(false) -}}{%- endif -%}
  {{- return(has_finished()) -}}
{%- endmacro %}

{#- Of the SQL of this model and of all it is made of, as a whole number. -#}
{% macro code_fingerprint() -%}
  {%- set checksums = [model.checksum.checksum] -%}
  {%- for id in upstream_of(model) | sort if id in graph.nodes -%}
    {%- do checksums.append(graph.nodes[id].checksum.checksum) -%}
  {%- endfor -%}
  {{- return(local_md5(checksums | join(' '))[:15] | int(0, 16)) -}}
{%- endmacro %}

{#- Whether this model has taken in each of its sources, and none was reset since. -#}
{% macro has_finished() -%}
  {%- set names = sources_of(model) -%}
  {%- if not names -%}
    {%- do exceptions.raise_compiler_error(model.name ~ ' is incremental but reads no source that can be followed') -%}
  {%- endif -%}
  {%- if taken_in(this_key(), 'code').get(0) != code_fingerprint() -%}{{- return(false) -}}{%- endif -%}
  {%- set rows = this_plan().rows -%}
  {%- for name in names -%}
    {%- set taken = rows | selectattr('kind', 'equalto', 'taken') | selectattr('key', 'equalto', this_key())
      | selectattr('source', 'equalto', name) | map(attribute='at') | list -%}
    {%- set reset = rows | selectattr('kind', 'equalto', 'reset') | selectattr('source', 'equalto', name)
      | map(attribute='at') | list -%}
    {%- if not taken or (reset and taken | min < reset | max) -%}{{- return(false) -}}{%- endif -%}
  {%- endfor -%}
  {{- return(true) -}}
{%- endmacro %}
