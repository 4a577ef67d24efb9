-- One row per customer as of the date of the build: what the analyses are made of.
with statements as (
  select
    customer_id,
    {{ bank_month_margin('sum(abs(balance))') }} as margin_to_date,
    argMax(balance, month) as latest_balance,
    argMax(num_products, month) as latest_products,
    sum(num_products) as product_months,
    count() as months
  from {{ ref('int_bank_months') }}
  group by customer_id
),

tickets as (
  select
    customer_id,
    count() as tickets,
    count(resolution_time_hrs) as resolved_tickets,
    sum(resolution_time_hrs) as resolution_hours
  from {{ ref('stg_bank_support_tickets') }}
  where {{ bank_day('opened_at') }} <= {{ as_of() }}
  group by customer_id
),

offers as (
  select
    customer_id,
    countIf(accepted and {{ bank_day('assumeNotNull(responded_at)') }} <= {{ as_of() }}) as offers_accepted
  from {{ ref('stg_bank_offers') }}
  group by customer_id
)

select
  customers.customer_id as customer_id,
  customers.first_name as first_name,
  customers.last_name as last_name,
  customers.full_name as full_name,
  customers.geography as geography,
  {{ bank_age_group('customers.age') }} as age_group,
  customers.is_active as is_active,
  status.is_observed as is_observed,
  status.is_churned as is_churned,
  status.churn_reason as churn_reason,
  status.last_activity_on as last_activity_on,
  toDecimal128(statements.latest_balance, 4) as latest_balance,
  statements.latest_products as num_products,
  ifNull(statements.product_months, 0) as product_months,
  ifNull(statements.months, 0) as statement_months,
  ifNull(tickets.tickets, 0) as tickets,
  ifNull(tickets.resolved_tickets, 0) as resolved_tickets,
  toDecimal128(ifNull(tickets.resolution_hours, 0), 2) as resolution_hours,
  ifNull(offers.offers_accepted, 0) as offers_accepted,
  {{ bank_clv('ifNull(statements.margin_to_date, 0)', 'ifNull(statements.latest_balance, 0)', 'status.is_churned') }} as clv_ltv
from {{ ref('stg_bank_customers') }} as customers
inner join (select * from {{ ref('int_bank_customer_status') }} where months_ago = 0) as status
  on customers.customer_id = status.customer_id
left join statements on customers.customer_id = statements.customer_id
left join tickets on customers.customer_id = tickets.customer_id
left join offers on customers.customer_id = offers.customer_id
