{#- Percentage of a whole with four places, of which those of all parts add up to 100: rounded running sums, subtracted. -#}
{% macro retail_running_share(so_far, part, whole) -%}
cast(
  if({{ whole }} = 0, 0,
    round(toDecimal256({{ so_far }}, 8) * 100 / {{ whole }}, 4)
    - round((toDecimal256({{ so_far }}, 8) - {{ part }}) * 100 / {{ whole }}, 4))
  as Decimal(9, 4))
{%- endmacro %}
