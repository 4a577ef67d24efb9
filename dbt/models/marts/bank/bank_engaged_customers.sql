-- Products held on average over the months there are statements of, most first.
select
  row_number() over (order by product_months / statement_months desc, latest_balance desc, customer_id) as position,
  customer_id,
  first_name,
  last_name,
  full_name,
  round(toDecimal128(product_months, 4) / statement_months, 2) as avg_products_held,
  statement_months,
  num_products,
  clv_ltv
from {{ ref('int_bank_customers') }}
where statement_months > 0 and not is_churned
