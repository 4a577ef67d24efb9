{#- No two rows have the same values in all of these columns. -#}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}, count() as rows
from {{ model }}
group by {{ columns | join(', ') }}
having rows > 1
{% endtest %}
