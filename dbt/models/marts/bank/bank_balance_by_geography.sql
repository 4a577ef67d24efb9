-- Of all customers with a statement, churned or not: each once, with the latest month's.
select
  geography,
  count() as customers,
  round(sum(ifNull(latest_balance, 0)) / customers, 2) as avg_balance,
  {{ verdict('customers') }} as verdict
from {{ ref('int_bank_customers') }}
where latest_balance is not null
group by geography
