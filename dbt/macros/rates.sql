{#
  Bounds of a share with 95 % confidence, by Wilson: unlike k/n plus or minus something they stay within 0 and 1 and mean
  something for few cases and for none or all of them. Null without cases.
#}
{% macro wilson_low(k, n) -%}
{{ _wilson(k, n, '-') }}
{%- endmacro %}

{% macro wilson_high(k, n) -%}
{{ _wilson(k, n, '+') }}
{%- endmacro %}

{% macro _wilson(k, n, sign) -%}
{%- set z = '1.959963984540054' -%}
{%- set share = 'toFloat64(' ~ k ~ ') / ' ~ n -%}
if({{ n }} = 0, null, round(least(1., greatest(0., (
  {{ share }} + {{ z }} * {{ z }} / (2 * {{ n }})
  {{ sign }} {{ z }} * sqrt({{ share }} * (1 - {{ share }}) / {{ n }} + {{ z }} * {{ z }} / (4. * {{ n }} * {{ n }}))
) / (1 + {{ z }} * {{ z }} / {{ n }}))), 4))
{%- endmacro %}

{# What fewer cases say is chance: rates and means of them are null, and texts say so. #}
{% macro minimum_n() -%}
{{ var('minimum_n', 10) }}
{%- endmacro %}

{% macro verdict(n) -%}
if({{ n }} >= {{ minimum_n() }}, 'ok', 'not enough data')
{%- endmacro %}

{# A value only where it rests on enough cases. #}
{% macro if_enough(n, value) -%}
if({{ n }} >= {{ minimum_n() }}, {{ value }}, null)
{%- endmacro %}

{# Percentage k of n with two places, exact: null below the minimum. #}
{% macro rate_percentage(k, n) -%}
{{ if_enough(n, 'toDecimal64(round(toDecimal128(' ~ k ~ ', 6) * 100 / greatest(' ~ n ~ ', 1), 2), 2)') }}
{%- endmacro %}
