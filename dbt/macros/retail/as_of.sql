{#-
  The last day of the retailer's lines: what a candidate takes as its as_of_retail. Read off the lines themselves, since
  a whole year in one file stands under the day it was loaded on. Null where there is nothing yet.
-#}
{% macro retail_last_day() -%}
(
  select nullIf(max(toDateOrZero(day)), toDate(0))
  from (
    select {{ retail_day_text() }} as day, {{ retail_is_day() }} as is_day
    from raw.retail_transactions_bronze_current
  )
  where is_day
)
{%- endmacro %}

{#- The day in an InvoiceDate, as text: `2010-12-01`, `2010-12-01 08:26`, `2010-12-01T08:26:00`. -#}
{% macro retail_day_text() -%}
substring(trimBoth(ifNull(InvoiceDate, '')), 1, 10)
{%- endmacro %}

{#-
  Whether an InvoiceDate is a date. ClickHouse reads 30 February as 2 March and 1850 as 1970, so the day is compared with
  what was read; and a line cannot be of a later day than its file (one day more for zones ahead of UTC): a mistyped year
  would otherwise move the as-of date, and with it every customer's recency.
-#}
{% macro retail_is_day() -%}
(
  match(
    trimBoth(ifNull(InvoiceDate, '')),
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?$'
  )
  and toString(toDateOrZero({{ retail_day_text() }})) = {{ retail_day_text() }}
  and toDateOrZero({{ retail_day_text() }}) <= addDays(processing_date, 1)
)
{%- endmacro %}
