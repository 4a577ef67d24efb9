{#-
  The rules a line must keep to stand in silver: the five of the data contract and two that keep figures whole. `breaks`
  is a condition over the columns that stg_retail_lines has read. The same list judges the lines and fills
  retail_rule_results, so that no rule is shown that is not applied.
-#}
{% macro retail_line_rules() -%}
{{ return([
  {
    'name': 'valid_invoice_no', 'contract': true,
    'breaks': "invoice_no is null or lengthUTF8(invoice_no) not between 6 and 7",
    'text': 'the invoice number is there and has 6 or 7 characters',
  },
  {
    'name': 'valid_stock_code', 'contract': true,
    'breaks': 'stock_code is null',
    'text': 'the stock code is there',
  },
  {
    'name': 'valid_quantity', 'contract': true,
    'breaks': 'quantity is null or quantity <= 0',
    'text': 'the quantity is above 0; lines of credit notes that break this rule alone are returns',
  },
  {
    'name': 'valid_unit_price', 'contract': true,
    'breaks': 'ifNull(unit_price, 0) < 0',
    'text': 'the price, where there is one, is not below 0',
  },
  {
    'name': 'valid_invoice_date', 'contract': true,
    'breaks': 'invoice_date is null',
    'text': 'the date can be read, exists and is not after the day of the file',
  },
  {
    'name': 'valid_total_price', 'contract': false,
    'breaks': 'abs(ifNull(amount, 0)) >= 10000000000',
    'text': 'quantity times price fits DECIMAL(12,2)',
  },
  {
    'name': 'one_file_per_invoice', 'contract': false,
    'breaks': 'superseded_by_load > 0',
    'text': 'an invoice that stands in several files counts as the file loaded last has it',
  },
]) }}
{%- endmacro %}

{#- Products, as opposed to postage, fees, samples and corrections. -#}
{% macro retail_is_product(code) -%}
match({{ code }}, '^([0-9]{5}[a-zA-Z]*|PADS)$')
{%- endmacro %}

{#- Lines that belong to a document; the condition is over the columns of stg_retail_lines. -#}
{% macro retail_line_is_document() -%}
invoice_no is not null and stock_code is not null and exact_amount is not null and invoice_date is not null
  and superseded_by_load = 0
{%- endmacro %}

{#-
  Why a line of silver is in no customer's figures: name, condition over silver's columns, what it says. A line counts
  under every rule it breaks; the bridge from documents to gold takes the first.
-#}
{% macro retail_gold_rules() -%}
{{ return([
  ['not_cancelled', 'IsCancellation', 'the invoice is no credit note'],
  ['customer_presence', 'CustomerID is null', 'the customer is known'],
  [
    'customer_id_format',
    "CustomerID is not null and not match(assumeNotNull(CustomerID), '^[0-9]{5}$')",
    'a known customer has an id of five digits, once 13085.0 is read as 13085',
  ],
  [
    'product_stock_code',
    "not match(StockCode, '^([0-9]{5}[a-zA-Z]*|PADS)$')",
    'the stock code is five digits, with or without letters behind them, or PADS',
  ],
  ['unit_price_presence', 'UnitPrice is null', 'there is a price'],
]) }}
{%- endmacro %}

{#-
  What every customer of a publication must keep: name, condition over customer_segments that breaks it, what it says,
  what follows. Who only ever got goods for nothing is worth a look and no reason to keep yesterday's figures: year 2 of
  the real data has such a customer.
-#}
{% macro retail_customer_rules() -%}
{{ return([
  ['positive_monetary', 'Monetary <= 0', 'the customer has spent something', 'warning'],
  ['valid_frequency', 'Frequency < 1', 'every customer has at least one invoice', 'publication refused'],
  ['valid_recency', 'Recency < 0', 'nobody bought after the as-of date', 'publication refused'],
  [
    'cluster_validation',
    'outlier_class != multiIf(is_monetary_outlier and is_frequency_outlier, -3, is_frequency_outlier, -2, is_monetary_outlier, -1, 0)',
    'every customer is in the one outlier class that the fences give',
    'publication refused',
  ],
]) }}
{%- endmacro %}

{#- Of silver's lines, those that a customer's figures are made of. -#}
{% macro retail_line_is_gold() -%}
(
  {%- for name, condition, text in retail_gold_rules() %}
  {{ 'and ' if not loop.first }}not ({{ condition }})
  {%- endfor %}
)
{%- endmacro %}

{#- Steps of the bridge from orders to gold: reason and text. -#}
{% macro retail_bridge_reasons() -%}
{{ return([
  ['not_in_silver', 'lines in quarantine'],
  ['not_cancelled', 'lines of credit notes'],
  ['customer_presence', 'customers who are not known'],
  ['customer_id_format', 'customers whose id is malformed'],
  ['product_stock_code', 'codes that are no products'],
  ['unit_price_presence', 'lines without a price'],
]) }}
{%- endmacro %}
