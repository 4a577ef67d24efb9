-- The row of figures above the bank's dashboard. Churn is that of customers: no figure of another grain stands here.
with customers as (
  select
    count() as customers,
    countIf(is_observed) as observed_customers,
    countIf(is_observed and is_churned) as churned_customers,
    sum(clv_ltv) as value
  from {{ ref('int_bank_customers') }}
),

tickets as (
  select
    countDistinct(issue_type) as number_of_issue_types,
    count(resolution_time_hrs) as resolved_tickets,
    toDecimal128(sum(ifNull(resolution_time_hrs, 0)), 2) as hours
  from {{ ref('stg_bank_support_tickets') }}
  where {{ bank_day('opened_at') }} <= {{ as_of() }}
),

products as (
  select countDistinct(product_type) as number_of_products
  from {{ ref('stg_bank_usage_logs') }}
  where month <= {{ as_of() }}
)

select
  {{ as_of() }} as as_of,
  customers.customers as customers,
  customers.observed_customers as observed_customers,
  products.number_of_products as number_of_products,
  customers.churned_customers as churned_customers,
  {{ rate_percentage('customers.churned_customers', 'customers.observed_customers') }} as churn_rate_percentage,
  {{ wilson_low('customers.churned_customers', 'customers.observed_customers') }} as churn_rate_low,
  {{ wilson_high('customers.churned_customers', 'customers.observed_customers') }} as churn_rate_high,
  {{ verdict('customers.observed_customers') }} as churn_verdict,
  tickets.resolved_tickets as resolved_tickets,
  if(tickets.resolved_tickets > 0, round(tickets.hours / greatest(tickets.resolved_tickets, 1), 2), null) as avg_resolution_time_hrs,
  tickets.number_of_issue_types as number_of_issue_types,
  if(customers.customers > 0, round(customers.value / greatest(customers.customers, 1), 2), null) as avg_clv
from customers
cross join tickets
cross join products
