{#-
  The business day of a moment. That of its UTC minute, as live KPIs have it: so that a minute never belongs to two days,
  whatever offset from UTC, with seconds even, a zone once had.
-#}
{% macro business_day(moment) -%}
  {%- if business_timezone() == "'UTC'" -%}
toDate32({{ moment }})
  {%- else -%}
toDate32(toTimeZone({{ moment }} - toIntervalSecond(toSecond({{ moment }})), {{ business_timezone() }}))
  {%- endif -%}
{%- endmacro %}

{#- A number that orders moments, and equal ones by another number of 64 bits. -#}
{% macro position_in_time(moment, tie) -%}
bitShiftLeft(toInt128(toUnixTimestamp64Micro({{ moment }})), 64) + {{ tie }}
{%- endmacro %}

{#- The first moment after the as-of day. -#}
{% macro as_of_end() -%}
toDateTime64(addDays({{ as_of() }}, 1), 6, {{ business_timezone() }})
{%- endmacro %}

{#- Days from a day to another; null where there is none: never bought is not bought today. -#}
{% macro days_between(day, as_of) -%}
toNullable(dateDiff('day', {{ day }}, {{ as_of }}))
{%- endmacro %}
