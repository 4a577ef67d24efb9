select
  usage_log_id,
  customer_id,
  product_type,
  month,
  monthly_balance,
  num_products
from {{ bank_rows('crm_usage_logs', 'usage_log_id') }}
