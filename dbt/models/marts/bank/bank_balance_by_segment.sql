-- What lies on the accounts of those who have not churned: each customer once, with the latest month's statement.
with active as (
  select geography, age_group, latest_balance, clv_ltv, offers_accepted
  from {{ ref('int_bank_customers') }}
  where not is_churned
)

select
  geography,
  age_group,
  count() as active_customers,
  count(latest_balance) as customers_with_balance,
  if(customers_with_balance > 0, round(sum(ifNull(latest_balance, 0)) / greatest(customers_with_balance, 1), 2), null) as avg_monthly_balance,
  sum(ifNull(latest_balance, 0)) as total_balance,
  round(sum(clv_ltv) / active_customers, 2) as avg_clv,
  sum(offers_accepted) as offers_accepted,
  {{ verdict('active_customers') }} as verdict
from active
group by geography, age_group
