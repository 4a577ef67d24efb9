-- A customer's statements by month: what lies on all accounts together, and the products held. A statement names the
-- number of products of any type, so that of several in a month the greatest counts, never their sum.
select
  customer_id,
  month,
  sum(monthly_balance) as balance,
  max(num_products) as num_products
from {{ ref('stg_bank_usage_logs') }}
where month <= {{ as_of() }}
group by customer_id, month
