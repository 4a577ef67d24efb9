select
  transaction_id,
  customer_id,
  transaction_type,
  amount,
  currency,
  status,
  occurred_at,
  -- What the bank books by itself, and what failed, is nothing the customer did.
  transaction_type not in ('fee', 'interest') and status != 'failed' as is_own_activity
from {{ bank_rows('crm_transactions', 'transaction_id') }}
