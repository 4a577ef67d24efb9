{#-
  Quartile `k` (0 to 4) of a sorted array of decimals, by linear interpolation between the neighbours (type 7: what R,
  NumPy and spreadsheets do), exact: quarters of cents are decimals, and a customer who sits on a median must not fall to
  either side of it by a rounding of floats. Null of an empty array.
-#}
{% macro quartile_type7(sorted, k) -%}
{%- set rank = '((toInt64(length(' ~ sorted ~ ')) - 1) * ' ~ k ~ ')' -%}
{%- set low = sorted ~ '[intDiv(' ~ rank ~ ', 4) + 1]' -%}
{%- set high = sorted ~ '[least(intDiv(' ~ rank ~ ', 4) + 2, toInt64(length(' ~ sorted ~ ')))]' -%}
if(empty({{ sorted }}), null, toDecimal128({{ low }}, 4) + toDecimal128({{ high }} - {{ low }}, 4) * ({{ rank }} % 4) / 4)
{%- endmacro %}
