-- Who had a ticket of the kind, each customer once however many: a rate of tickets over customers may exceed 100 %.
with tickets as (
  select customer_id, issue_type, severity, resolution_time_hrs
  from {{ ref('stg_bank_support_tickets') }}
  where {{ bank_day('opened_at') }} <= {{ as_of() }}
),

times as (
  select
    issue_type,
    severity,
    count() as tickets,
    count(resolution_time_hrs) as resolved_tickets,
    toDecimal128(sum(ifNull(resolution_time_hrs, 0)), 2) as hours
  from tickets
  group by issue_type, severity
),

affected as (
  select
    kinds.issue_type as issue_type,
    kinds.severity as severity,
    count() as affected_customers,
    countIf(customers.is_churned) as churned_customers,
    sum(customers.clv_ltv) as value
  from (select distinct customer_id, issue_type, severity from tickets) as kinds
  inner join {{ ref('int_bank_customers') }} as customers on kinds.customer_id = customers.customer_id
  group by issue_type, severity
)

select
  times.issue_type as issue_type,
  times.severity as severity,
  times.tickets as tickets,
  times.resolved_tickets as resolved_tickets,
  if(times.resolved_tickets > 0, round(times.hours / greatest(times.resolved_tickets, 1), 2), null) as avg_resolution_time,
  round(affected.value / affected.affected_customers, 2) as avg_customer_value,
  affected.affected_customers as affected_customers,
  affected.churned_customers as churned_customers,
  {{ rate_percentage('affected.churned_customers', 'affected.affected_customers') }} as churn_rate,
  {{ wilson_low('affected.churned_customers', 'affected.affected_customers') }} as churn_rate_low,
  {{ wilson_high('affected.churned_customers', 'affected.affected_customers') }} as churn_rate_high,
  {{ verdict('affected.affected_customers') }} as verdict
from times
inner join affected on times.issue_type = affected.issue_type and times.severity = affected.severity
