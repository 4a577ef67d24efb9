{#-
  What this build knows of each of its nodes, kept for readers that have no project: the documents of ops.build_nodes, as
  packages/contracts/src/lineage/built-node.ts reads them. Called before the build becomes current.
-#}
{% macro describe_nodes(id) -%}
  {%- set known = {
    'results': results_of(id), 'columns': columns_there(), 'rows': rows_of_tables(), 'sources': rows_of_sources()
  } -%}
  {%- do known.update({'tests': tests_by_node(known.results)}) -%}
  {%- set values = [] -%}
  {%- for node in described_nodes() -%}
    {%- do values.append('(' ~ [
      quoted(id), quoted(node.unique_id), quoted(tojson(document_of(node, known))), quoted(dbt_version)] | join(', ') ~ ')') -%}
  {%- endfor -%}
  {#- In parts: a statement has a greatest length. -#}
  {%- for part in values | batch(20) -%}
    {%- do execute_sql(
      'insert into ops.build_nodes (build_id, node_id, document, dbt_version) values ' ~ part | join(', ')) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro described_nodes() -%}
  {%- set nodes = graph.sources.values() | list + graph.exposures.values() | list -%}
  {%- for node in required_nodes() if node.resource_type != 'test' -%}{%- do nodes.append(node) -%}{%- endfor -%}
  {{- return(nodes) -}}
{%- endmacro %}

{% macro document_of(node, known) -%}
  {%- set kind = node.resource_type -%}
  {%- set relation = '' if kind == 'exposure' else node.schema ~ '.' ~ (node.alias or node.identifier) -%}
  {%- set source = known.sources.get(node.unique_id, {}) -%}
  {%- set result = known.results.get(node.unique_id, {}) -%}
  {%- set columns = [] -%}
  {%- for column in known.columns.get(relation, []) -%}
    {%- set declared = node.columns.get(column['name'], {}) -%}
    {%- do columns.append(dict(column, description=(declared.get('description') or '') | trim)) -%}
  {%- endfor -%}
  {{- return({
    'id': node.unique_id, 'kind': kind, 'name': node.name, 'label': node.label or '',
    'type': node.type if kind == 'exposure' else node.config.materialized or kind,
    'schema': '' if kind == 'exposure' else node.config.schema or node.schema,
    'description': (node.description or '') | trim,
    'owner': (node.owner.name or '') if kind == 'exposure' else '',
    'upstream': node.depends_on.nodes | list if node.depends_on else [],
    'columns': columns, 'isEnforced': node.config.contract.enforced | default(false) if node.config.contract else false,
    'tests': known.tests.get(node.unique_id, []),
    'rows': source['rows'] if source else known.rows.get(relation),
    'newestAtMs': source.get('newest_at'), 'lateAfterMinutes': late_after_minutes(node) if kind == 'source' else none,
    'madeAtMs': result.get('at'), 'seconds': result.get('seconds')
  }) -}}
{%- endmacro %}

{#- {node id: what became of it last in this build}. -#}
{% macro results_of(id) -%}
  {%- set found = {} -%}
  {%- for row in run_query(
    'select node_id, argMax(status, at) as status, argMax(message, at) as message, '
    ~ 'tupleElement(argMax(tuple(rows), at), 1) as failures, argMax(seconds, at) as seconds, toUnixTimestamp64Milli(max(at)) as last_at '
    ~ 'from ops.dbt_results where build_id = ' ~ quoted(id) ~ ' group by node_id').rows -%}
    {%- do found.update({row['node_id']: {
      'status': row['status'], 'message': row['message'] or '', 'seconds': row['seconds'] | float, 'at': row['last_at'] | int,
      'failures': none if row['failures'] is none else row['failures'] | int
    }}) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- A generic test belongs to the node it stands at, one in SQL to every node it reads, a unit test to its model. -#}
{% macro tests_by_node(results) -%}
  {%- set found = {} -%}
  {%- for test in required_nodes() if test.resource_type == 'test' -%}
    {%- set document = test_document(test.name, results.get(test.unique_id, {})) -%}
    {%- do document.update({
      'kind': test.test_metadata.name if test.test_metadata else 'sql', 'column': test.column_name or ''}) -%}
    {%- for node_id in ([test.attached_node] if test.attached_node else test.depends_on.nodes) -%}
      {%- do found.setdefault(node_id, []).append(document) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- for node_id, result in results.items() if node_id.startswith('unit_test.') -%}
    {%- set parts = node_id.split('.') -%}
    {%- do found.setdefault('model.' ~ parts[1] ~ '.' ~ parts[2], []).append(
      dict(test_document(parts[3], result), kind='unit', column='')) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{% macro test_document(name, result) -%}
  {{- return({
    'name': name, 'status': result.get('status', 'unknown'), 'failures': result.get('failures'),
    'message': result.get('message', '')}) -}}
{%- endmacro %}

{#- {database.table: its columns}, of every database that a node stands in. -#}
{% macro columns_there() -%}
  {%- set found = {} -%}
  {%- for row in run_query(
    "select concat(database, '.', table) as relation, name, type from system.columns where database in ("
    ~ databases_of_nodes() ~ ') order by relation, position').rows -%}
    {%- do found.setdefault(row['relation'], []).append({'name': row['name'], 'type': row['type']}) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- {database.table: rows}; views are not counted. -#}
{% macro rows_of_tables() -%}
  {%- set found = {} -%}
  {%- for row in run_query(
    "select concat(database, '.', name) as relation, total_rows from system.tables where total_rows is not null "
    ~ "and engine != 'View' and database in (" ~ databases_of_nodes() ~ ')').rows -%}
    {%- do found.update({row['relation']: row['total_rows'] | int}) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- {source id: its rows, and when the newest came}, of the sources that are there. -#}
{% macro rows_of_sources() -%}
  {%- set there = columns_there() -%}
  {%- set queries = [] -%}
  {%- for source in graph.sources.values() if source.schema ~ '.' ~ source.identifier in there -%}
    {%- set loaded_at = source.loaded_at_field or source.config.loaded_at_field -%}
    {%- set newest = 'toUnixTimestamp64Milli(toDateTime64(maxOrNull(' ~ loaded_at ~ '), 3))' if loaded_at
      else 'CAST(NULL AS Nullable(Int64))' -%}
    {%- do queries.append('select ' ~ quoted(source.unique_id) ~ ' as source_id, count() as total, ' ~ newest
      ~ ' as newest_at from ' ~ source.schema ~ '.' ~ source.identifier) -%}
  {%- endfor -%}
  {%- set found = {} -%}
  {%- for row in run_query(queries | join(' union all ')).rows if queries -%}
    {%- do found.update({row['source_id']: {
      'rows': row['total'] | int, 'newest_at': none if row['newest_at'] is none else row['newest_at'] | int}}) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{% macro databases_of_nodes() -%}
  {%- set names = [] -%}
  {%- for node in described_nodes() if node.resource_type != 'exposure' -%}
    {%- do add_once(names, quoted(node.schema)) -%}
  {%- endfor -%}
  {{- return(names | join(', ')) -}}
{%- endmacro %}

{#- After how long without a new row a source is late; none where it may rest. -#}
{% macro late_after_minutes(source) -%}
  {%- set limit = source.freshness.warn_after if source.freshness else none -%}
  {{- return(limit.count * {'minute': 1, 'hour': 60, 'day': 1440}[limit.period]
    if limit and limit.count and source.loaded_at_field else none) -}}
{%- endmacro %}
