-- Customers, never their versions. churn_rate_percentage is the share of all customers who have churned by the end of the
-- month; monthly_churn_rate_percentage the share lost in it of those who could be lost: customers since before the month
-- who had not churned when it began. Of whom nothing was on record yet, nothing is said (unobserved_customers).
with pairs as (
  select
    now.customer_id as customer_id,
    now.months_ago as months_ago,
    now.status_on as status_on,
    now.is_churned as is_churned,
    now.is_observed as is_observed,
    ifNull(before.is_observed and not before.is_churned, false) as is_at_risk,
    ifNull(before.is_observed and before.is_churned and not now.is_churned, false) as is_back
  from {{ ref('int_bank_customer_status') }} as now
  left join {{ ref('int_bank_customer_status') }} as before
    on now.customer_id = before.customer_id and now.months_ago + 1 = before.months_ago
  where now.months_ago < 12
),

counts as (
  select
    toDate32(toStartOfMonth(status_on)) as month,
    any(status_on) as as_of,
    countIf(is_observed) as total_customers,
    countIf(not is_observed) as unobserved_customers,
    countIf(is_observed and is_churned) as churned_customers,
    countIf(is_at_risk) as customers_at_risk,
    countIf(is_at_risk and is_churned) as lost_customers,
    countIf(is_back) as returned_customers
  from pairs
  group by month
)

select
  month,
  as_of,
  total_customers,
  unobserved_customers,
  churned_customers,
  {{ rate_percentage('churned_customers', 'total_customers') }} as churn_rate_percentage,
  {{ wilson_low('churned_customers', 'total_customers') }} as churn_rate_low,
  {{ wilson_high('churned_customers', 'total_customers') }} as churn_rate_high,
  {{ verdict('total_customers') }} as churn_verdict,
  customers_at_risk,
  lost_customers,
  returned_customers,
  {{ rate_percentage('lost_customers', 'customers_at_risk') }} as monthly_churn_rate_percentage,
  {{ wilson_low('lost_customers', 'customers_at_risk') }} as monthly_churn_rate_low,
  {{ wilson_high('lost_customers', 'customers_at_risk') }} as monthly_churn_rate_high,
  {{ verdict('customers_at_risk') }} as monthly_churn_verdict
from counts
