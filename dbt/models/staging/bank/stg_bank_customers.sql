select
  customer_id,
  first_name,
  last_name,
  trimBoth(concat(first_name, ' ', last_name)) as full_name,
  age,
  gender,
  geography,
  is_active,
  tenure_months,
  date_opened,
  churned_at
from {{ bank_rows('crm_customers', 'customer_id') }}
