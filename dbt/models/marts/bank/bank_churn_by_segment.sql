-- Churn by country and age group at the end of each of the last six months.
with counts as (
  select
    toDate32(toStartOfMonth(status.status_on)) as month,
    any(status.status_on) as as_of,
    customers.geography as geography,
    customers.age_group as age_group,
    count() as total_customers,
    countIf(status.is_churned) as churned_customers
  from {{ ref('int_bank_customer_status') }} as status
  inner join {{ ref('int_bank_customers') }} as customers on status.customer_id = customers.customer_id
  where status.months_ago < 6 and status.is_observed
  group by month, geography, age_group
)

select
  month,
  as_of,
  geography,
  age_group,
  total_customers,
  churned_customers,
  {{ rate_percentage('churned_customers', 'total_customers') }} as churn_rate_percentage,
  {{ wilson_low('churned_customers', 'total_customers') }} as churn_rate_low,
  {{ wilson_high('churned_customers', 'total_customers') }} as churn_rate_high,
  {{ verdict('total_customers') }} as verdict
from counts
