{# The business day of a moment. #}
{% macro bank_day(moment) -%}
toDate32(toTimeZone({{ moment }}, {{ business_timezone() }}))
{%- endmacro %}

{#
  The rows of a captured table that its source system had when the build opened: all models of a build see the same ones
  while the table goes on changing. Not the view of the current state, which has lost the rows that changed since.
#}
{% macro bank_rows(table, key) -%}
(
  select *
  from (
    select *
    from {{ source('raw', table ~ '_history') }}
    where source = 'bank' and {{ upto(table) }}
    order by _version desc
    limit 1 by {{ key }}
  )
  where _deleted = 0 and _version >= (
    select max(version)
    from {{ source('ops', 'barriers') }}
    where table_name = '{{ table | replace("crm_", "crm.") }}'
  )
)
{%- endmacro %}

{# The conditions under which the history of a captured table is read. #}
{% macro bank_history(table) -%}
source = 'bank' and {{ upto(table) }}
{%- endmacro %}

{% macro bank_age_group(age) -%}
multiIf({{ age }} is null, 'unknown', {{ age }} < 30, '18-29', {{ age }} <= 45, '30-45', {{ age }} <= 60, '46-60', '61+')
{%- endmacro %}

{# Days without anything of the customer's own doing after which he has churned; as crm.churn_as_of in Postgres. #}
{% macro bank_inactive_days() -%}
{{ var('bank_inactive_days', 90) }}
{%- endmacro %}

{#
  What a month is worth to the bank: interest on what lies on the account or is owed. Balances carry no currency in the
  source system and are read as of the reporting currency.
#}
{% macro bank_month_margin(balance) -%}
(toDecimal128(abs({{ balance }}), 6) * toDecimal128('{{ var("bank_annual_margin", "0.03") }}', 6) / 12)
{%- endmacro %}

{#
  Present value of one unit a month for as long as a customer may be expected to stay: the sum over the months of the
  horizon of (retention / (1 + discount))^month. The assumptions are variables of the project, and no result of it.
#}
{% macro bank_annuity() -%}
{%- set monthly = var('bank_monthly_retention', 0.98) | float / (1 + var('bank_annual_discount', 0.1) | float) ** (1 / 12) -%}
{%- set ns = namespace(total=0.0) -%}
{%- for month in range(1, var('bank_clv_horizon_months', 60) | int + 1) -%}
{%- set ns.total = ns.total + monthly ** month -%}
{%- endfor -%}
toDecimal128('{{ "%.6f" | format(ns.total) }}', 6)
{%- endmacro %}

{# Value so far and what may be expected: margin of the months known, and of the latest one for as long as he stays. #}
{% macro bank_clv(margin_to_date, latest_balance, is_churned) -%}
round(toDecimal128({{ margin_to_date }}, 4) + if({{ is_churned }}, toDecimal128(0, 4), toDecimal128({{ bank_month_margin(latest_balance) }} * {{ bank_annuity() }}, 4)), 2)
{%- endmacro %}

{# A share with its interval, as text. #}
{% macro bank_percent(k, n, low, high) -%}
concat(toString(round(100. * {{ k }} / greatest({{ n }}, 1), 1)), ' % (95 % interval ', toString(round(100 * ifNull({{ low }}, 0), 1)), ' to ', toString(round(100 * ifNull({{ high }}, 1), 1)), ' %)')
{%- endmacro %}

{% macro bank_too_few(n, what) -%}
concat('Not enough data: ', toString({{ n }}), ' {{ what }}, and {{ minimum_n() }} are the least to say anything.')
{%- endmacro %}
