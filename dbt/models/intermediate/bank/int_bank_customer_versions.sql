{{ scd2_versions(
  source('raw', 'crm_customers_history'),
  'crm.customers',
  ['customer_id'],
  ['first_name', 'last_name', 'age', 'gender', 'geography', 'is_active', 'tenure_months', 'date_opened', 'churned_at'],
  where=bank_history('crm_customers')
) }}
