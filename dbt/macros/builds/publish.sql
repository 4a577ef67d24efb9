{#-
  Makes a finished build the current one, with one insert; or refuses, and says what stays. A published build may be
  published again: what follows the insert (views, cleaning up) is repeated.

    dbt run-operation publish --args '{id: p20261121184500_1a2b}'
-#}
{% macro publish(id, is_partial=false) -%}
  {%- if execute -%}
    {%- do check_build_id(id) -%}
    {%- set known = publication_row(id) -%}
    {%- if not known or known['state'] not in ('building', 'published') -%}
      {%- do exceptions.raise_compiler_error(
        'build ' ~ id ~ ' is ' ~ (known['state'] ~ ': ' ~ known['reason'] if known else 'not open')) -%}
    {%- endif -%}
    {%- if known['state'] == 'building' -%}
      {%- if is_partial -%}{%- do take_over(id) -%}{%- endif -%}
      {%- set problem = problem_of(id) -%}
      {%- if problem -%}
        {%- do set_state(id, 'failed', problem) -%}
        {%- do exceptions.raise_compiler_error(
          'build ' ~ id ~ ' is not published: ' ~ problem ~ '. ' ~ what_stays()) -%}
      {%- endif -%}
      {%- do describe_nodes(id) -%}
      {%- do make_current(id) -%}
    {%- endif -%}
    {%- do replace_views(id) -%}
    {%- do drop_old_builds() -%}
    {%- do print('published ' ~ id) -%}
  {%- endif -%}
{%- endmacro %}

{% macro what_stays() -%}
  {%- set current = current_publication() -%}
  {{- return('The publication stays ' ~ current['id'] ~ ', as of ' ~ current['as_of'] if current
    else 'Nothing is published yet') -}}
{%- endmacro %}

{% macro current_publication() -%}
  {%- set row = run_query(
    "select id, toString(as_of) as as_of from marts.publication final where state = 'published' "
    ~ "order by built_at desc, _version desc limit 1").rows | first -%}
  {{- return(row.dict() if row else none) -}}
{%- endmacro %}

{#- Why a build must not be published; empty when it may. -#}
{% macro problem_of(id) -%}
  {%- set status = statuses(id) -%}
  {%- set missing = [] -%}
  {%- set failed = [] -%}
  {%- set skipped = [] -%}
  {%- for node in required_nodes() if node.unique_id not in status -%}
    {%- do missing.append(node.name) -%}
  {%- endfor -%}
  {%- for node_id, value in status.items() if value not in ('success', 'pass', 'warn', 'no-op') -%}
    {%- do (skipped if value == 'skipped' else failed).append(node_id.split('.')[2] ~ ' (' ~ value ~ ')') -%}
  {%- endfor -%}
  {%- set parts = [] -%}
  {%- if failed -%}{%- do parts.append(failed | length ~ ' failed: ' ~ first_of(failed)) -%}{%- endif -%}
  {%- if skipped -%}{%- do parts.append(skipped | length ~ ' skipped' ~ ('' if failed else ': ' ~ first_of(skipped))) -%}{%- endif -%}
  {%- if missing -%}{%- do parts.append(missing | length ~ ' did not run: ' ~ first_of(missing)) -%}{%- endif -%}
  {{- return(parts | join('; ')) -}}
{%- endmacro %}

{% macro first_of(names) -%}
  {{- return((names | sort)[:5] | join(', ') ~ (', …' if names | length > 5 else '')) -}}
{%- endmacro %}

{#- {node id: its last status in this build}. -#}
{% macro statuses(id) -%}
  {%- set found = {} -%}
  {%- for row in run_query(
    'select node_id, argMax(status, at) as status from ops.dbt_results where build_id = ' ~ quoted(id)
    ~ ' group by node_id').rows -%}
    {%- do found.update({row['node_id']: row['status']}) -%}
  {%- endfor -%}
  {{- return(found) -}}
{%- endmacro %}

{#- Every model, seed and data test. -#}
{% macro required_nodes() -%}
  {%- set nodes = [] -%}
  {%- for node in graph.nodes.values() -%}
    {%- if node.resource_type in ('model', 'seed', 'test') and node.config.enabled
        and node.config.materialized != 'ephemeral' -%}
      {%- do nodes.append(node) -%}
    {%- endif -%}
  {%- endfor -%}
  {{- return(nodes) -}}
{%- endmacro %}

{% macro make_current(id) -%}
  {%- do execute_sql(
    'insert into marts.publication select p.id, p.as_of, p.as_of_retail, p.started_at, '
    ~ "greatest(now64(3), (select max(built_at) from marts.publication where state = 'published') + toIntervalMillisecond(1)), "
    ~ "countIf(r.resource_type = 'model'), countIf(r.status = 'pass'), countIf(r.status = 'warn'), 0, 'published', '', "
    ~ new_version() ~ ' from (select * from marts.publication final where id = ' ~ quoted(id) ~ ') as p cross join ('
    ~ 'select node_id, argMax(resource_type, at) as resource_type, argMax(status, at) as status from ops.dbt_results '
    ~ 'where build_id = ' ~ quoted(id) ~ ' group by node_id) as r '
    ~ 'group by p.id, p.as_of, p.as_of_retail, p.started_at') -%}
{%- endmacro %}

{#- Views in `marts`, for people: each is replaced by itself, so a reader of several may see two builds. -#}
{% macro replace_views(id) -%}
  {%- set names = [] -%}
  {%- for row in run_query(
    'select name from system.tables where database = ' ~ quoted(marts_database(id)) ~ ' order by name').rows -%}
    {%- do names.append(row['name']) -%}
    {%- do execute_sql(
      'create or replace view marts.`' ~ row['name'] ~ '` as select * from ' ~ marts_database(id) ~ '.`' ~ row['name']
      ~ '`') -%}
  {%- endfor -%}
  {%- for row in run_query("select name from system.tables where database = 'marts' and engine = 'View'").rows -%}
    {%- if row['name'] not in names -%}{%- do execute_sql('drop view marts.`' ~ row['name'] ~ '`') -%}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{#- Keeps the newest three published builds, for readers that resolved the pointer a while ago, and the last failed one. -#}
{% macro drop_old_builds() -%}
  {%- set kept = [] -%}
  {%- for row in run_query(
    "select id from (select id from marts.publication final where state = 'published' order by built_at desc, _version desc limit 3) "
    ~ "union all select id from marts.publication final where state = 'building' "
    ~ "union all select id from (select id from marts.publication final where state = 'failed' "
    ~ "order by started_at desc limit 1)").rows -%}
    {%- do kept.append(row['id']) -%}
  {%- endfor -%}
  {%- for row in run_query(
    "select p.id as id, p.state as state, d.name as db from marts.publication as p final "
    ~ "inner join system.databases as d on d.name = concat('marts_', p.id)").rows -%}
    {%- if row['id'] not in kept -%}
      {%- if row['state'] == 'published' -%}{%- do set_state(row['id'], 'replaced', '') -%}{%- endif -%}
      {%- do execute_sql('delete from ops.build_nodes where build_id = ' ~ quoted(row['id'])) -%}
      {%- do execute_sql('drop database if exists ' ~ row['db']) -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}
