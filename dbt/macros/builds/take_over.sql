{#-
  Completes a partial build: what it did not make comes from the current publication, with the results it had there.
  Tables share their parts with those they are taken from, so this costs neither time nor room.
-#}
{% macro take_over(id) -%}
  {%- set current = current_publication() -%}
  {%- if current -%}
    {%- set own = statuses(id) -%}
    {%- set theirs = statuses(current['id']) -%}
    {%- set values = [] -%}
    {%- for node in required_nodes() if node.unique_id not in own and node.unique_id in theirs -%}
      {%- if node.resource_type == 'model' and node.config.schema == 'marts' -%}
        {%- do execute_sql(
          'create table if not exists ' ~ marts_database(id) ~ '.`' ~ node.alias ~ '` clone as '
          ~ marts_database(current['id']) ~ '.`' ~ node.alias ~ '`') -%}
      {%- endif -%}
      {%- do values.append('(' ~ [
        quoted(id), quoted(invocation_id), quoted(node.unique_id), quoted(node.resource_type),
        quoted(theirs[node.unique_id]), quoted('taken over from ' ~ current['id']), 'NULL', '0', "now64(3, 'UTC')"
      ] | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- if values -%}{%- do insert_results(values) -%}{%- endif -%}
  {%- endif -%}
{%- endmacro %}
