{#- Defects of lines as they came: name and condition over the columns of raw.retail_transactions_bronze. -#}
{% macro retail_bronze_defects() -%}
{{ return([
  ['null_invoices', "trimBoth(ifNull(Invoice, '')) = ''"],
  ['null_stock_codes', "trimBoth(ifNull(StockCode, '')) = ''"],
  ['null_customer_ids', "trimBoth(ifNull(CustomerID, '')) = ''"],
  ['bad_quantities', 'ifNull(Quantity, 0) <= 0'],
  ['bad_price', 'ifNull(Price, -1) < 0'],
  ['odd_stock_codes', "not match(ifNull(StockCode, ''), '^([0-9]{5}[a-zA-Z]*|PADS)$')"],
  ['cancellations', "startsWith(trimBoth(ifNull(Invoice, '')), 'C')"],
]) }}
{%- endmacro %}

{#- The same over read lines (stg_retail_lines), for the comparison of the layers: eight of them. -#}
{% macro retail_line_defects() -%}
{{ return([
  ['null_invoices', 'invoice_no is null'],
  ['bad_invoice_numbers', "lengthUTF8(ifNull(invoice_no, '')) not between 6 and 7"],
  ['null_stock_codes', 'stock_code is null'],
  ['bad_quantities', 'quantity is null or quantity <= 0'],
  ['bad_prices', 'ifNull(unit_price, -1) < 0'],
  ['bad_invoice_dates', 'invoice_date is null'],
  ['null_customer_ids', 'customer_id is null'],
  ['duplicate_keys', 'occurrence > 1'],
]) }}
{%- endmacro %}

{% macro retail_contract_rule_names() -%}
{%- for rule in retail_line_rules() if rule.contract -%}
'{{ rule.name }}'{{ ', ' if not loop.last }}
{%- endfor -%}
{%- endmacro %}
