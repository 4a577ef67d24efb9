{#-
  amount / n with four places, half away from zero as Postgres rounds it; null for n = 0. In whole numbers, since division
  of decimals cuts off.
-#}
{% macro amount_per(amount, n) -%}
if({{ n }} = 0, null, toDecimal128(
  sign({{ amount }}) * intDiv(abs(toInt256({{ amount }} * 10000)) * 2 + {{ n }}, 2 * greatest({{ n }}, 1)), 4) / 10000)
{%- endmacro %}

{#- What one document adds to the figures of its day; the rules of kpi.order_contributions. -#}
{% macro is_valid_order(kind, status) -%}
({{ kind }} = 'order' and {{ status }} not in ('cancelled', 'returned'))::Bool
{%- endmacro %}

{#- An amount in the reporting currency by a rate from `exchange_rates`; null without a rate, never 0. -#}
{% macro in_reporting_currency(amount, rate) -%}
cast(round(multiplyDecimal({{ amount }}, {{ rate }}, 10), 4) as Nullable(Decimal(38, 4)))
{%- endmacro %}

{#- A sum that is null when a part of it is: less than the truth is worse than nothing. -#}
{% macro sum_or_null(amount) -%}
if(countIf({{ amount }} is null) > 0, null, sum({{ amount }}))
{%- endmacro %}

{#- Mean of whole numbers, two places, over those that are there; null for none. The same in whatever order it is added. -#}
{% macro mean_of(number) -%}
if(count({{ number }}) = 0, null, round(ifNull(sum({{ number }}), 0) / count({{ number }}), 2))
{%- endmacro %}

{#- Share k of n with four places; null for n = 0. -#}
{% macro share(k, n) -%}
if({{ n }} = 0, null, round({{ k }} / {{ n }}, 4))
{%- endmacro %}
