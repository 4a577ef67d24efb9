{#-
  Invoice, stock code and quantity do not make a line unique (one in seventy-five is not): the number of the line among
  the equal ones of its invoice does.
-#}
{% macro retail_surrogate_key() -%}
concat(assumeNotNull(invoice_no), '_', assumeNotNull(stock_code), '_', toString(assumeNotNull(quantity)), '_', toString(occurrence))
{%- endmacro %}

{#- The day under which a line is counted: its own, or that of its file where it has none. -#}
{% macro retail_line_day() -%}
ifNull(invoice_date, processing_date)
{%- endmacro %}
