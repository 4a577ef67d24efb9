-- On every day, in the number of lines and in each defect, bronze is the sum of silver, returns and quarantine.
{% set counted = ['total_records'] -%}
{% for name, condition in retail_line_defects() %}{% do counted.append(name) %}{% endfor -%}
select date
from {{ ref('bronze_silver_dq_comparison') }}
group by date
having
  {% for name in counted -%}
  sumIf({{ name }}, layer = 'bronze') != sumIf({{ name }}, layer != 'bronze'){{ ' or' if not loop.last }}
  {% endfor %}
