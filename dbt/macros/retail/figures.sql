{#- Unit of a figure, by its name. -#}
{% macro retail_unit(name) -%}
{%- if name.endswith('recency') and name.startswith('median') -%}days
{%- elif name.endswith('frequency') and name.startswith('median') -%}invoices
{%- elif 'amount' in name or 'revenue' in name or 'monetary' in name and name.startswith('median')
  or 'value' in name or name == 'gold_returned' -%}GBP
{%- elif 'customers' in name or name.startswith('outliers') -%}customers
{%- elif name in ('orders', 'credit_notes', 'adjustments') -%}documents
{%- else -%}lines
{%- endif -%}
{%- endmacro %}

{#- Plain RFM, the rule of the literature: a known customer, no credit note, something sold at a price above 0. -#}
{% macro retail_line_is_plain() -%}
(
  customer_id is not null and not is_cancellation and quantity > 0 and exact_amount > 0 and invoice_date is not null
  and superseded_by_load = 0
)
{%- endmacro %}
