-- The figures of a customer as they were known on each business day, one row per span of days in which none of them
-- changed. A change of the customer, a ticket, a booking, an offer or a statement closes the old row and opens a new
-- one, and so does the day on which silence becomes churn.
with customers as (
  {{ scd2_versions(
    source('raw', 'crm_customers_history'), 'crm.customers', ['customer_id'], ['date_opened', 'churned_at'], 'day',
    bank_history('crm_customers')
  ) }}
),

spans as (
  select customer_id, date_opened, churned_at, valid_from, ifNull(valid_to, toDate32('2299-12-31')) as valid_to
  from customers
),

-- Days on which something may have changed, while there is a customer.
points as (
  select distinct customer_id, point
  from (
    select customer_id, valid_from as point from spans
    union all
    select customer_id, arrayJoin([known_from, known_to]) from {{ ref('int_bank_known_days') }}
    union all
    select customer_id, greatest(known_from, addDays(last_activity_on, {{ bank_inactive_days() }}))
    from {{ ref('int_bank_known_days') }}
    where last_activity_on > toDate32('1970-01-01')
    union all
    select customer_id, addDays(date_opened, {{ bank_inactive_days() }}) from spans
    union all
    -- Known ahead: he closes at the end of the month.
    select customer_id, {{ bank_day('assumeNotNull(churned_at)') }} from spans where churned_at is not null
  )
  where point <= greatest({{ as_of() }}, (select max(valid_from) from spans), (select max(known_from) from {{ ref('int_bank_known_days') }}))
),

living as (
  select
    points.customer_id as customer_id, points.point as point, spans.date_opened as date_opened,
    spans.churned_at as churned_at, spans.valid_to as gone_on
  from points
  inner join spans on points.customer_id = spans.customer_id
  where points.point >= spans.valid_from and points.point < spans.valid_to
),

months as (
  select
    living.customer_id as customer_id,
    living.point as point,
    known.month as month,
    sum(known.balance) as balance,
    max(known.num_products) as num_products,
    max(known.last_activity_on) as last_activity_on,
    sum(known.resolved_tickets) as resolved_tickets,
    sum(known.resolution_hours) as resolution_hours
  from living
  inner join {{ ref('int_bank_known_days') }} as known on living.customer_id = known.customer_id
  where known.known_from <= living.point and living.point < known.known_to and known.month <= living.point
  group by customer_id, point, month
),

sums as (
  select
    customer_id,
    point,
    {{ bank_month_margin('sum(abs(balance))') }} as margin_to_date,
    argMax(balance, month) as latest_balance,
    argMax(num_products, month) as latest_products,
    countIf(month > toDate32('1970-01-01')) as statement_months,
    max(last_activity_on) as activity_on,
    sum(resolved_tickets) as tickets_resolved,
    sum(resolution_hours) as hours
  from months
  group by customer_id, point
),

figures as (
  select
    living.customer_id as customer_id,
    living.point as point,
    living.gone_on as gone_on,
    ifNull({{ bank_day('living.churned_at') }} <= living.point, false)
      or dateDiff('day', greatest(living.date_opened, ifNull(sums.activity_on, living.date_opened)), living.point)
        >= {{ bank_inactive_days() }} as is_churned,
    {{ bank_clv('ifNull(sums.margin_to_date, 0)', 'ifNull(sums.latest_balance, 0)', 'is_churned') }} as clv_ltv,
    if(ifNull(sums.tickets_resolved, 0) > 0, toDecimal128(round(sums.hours / greatest(sums.tickets_resolved, 1), 2), 2), null) as avg_ticket_res_time_hrs,
    if(ifNull(sums.statement_months, 0) > 0, sums.latest_products, null) as num_products
  from living
  left join sums on living.customer_id = sums.customer_id and living.point = sums.point
),

compared as (
  select
    *,
    toString(tuple(is_churned, clv_ltv, avg_ticket_res_time_hrs, num_products)) as content,
    lagInFrame(content, 1, '') over (
      partition by customer_id order by point rows between unbounded preceding and unbounded following
    ) as content_before,
    lagInFrame(gone_on, 1, toDate32('1970-01-01')) over (
      partition by customer_id order by point rows between unbounded preceding and unbounded following
    ) as gone_before
  from figures
),

numbered as (
  select
    *,
    -- A customer deleted and put back later has a gap.
    sum(content != content_before or gone_before < point) over (
      partition by customer_id order by point rows between unbounded preceding and current row
    ) as version
  from compared
),

versions as (
  select
    customer_id,
    any(is_churned) as is_churned,
    any(clv_ltv) as clv_ltv,
    any(avg_ticket_res_time_hrs) as avg_ticket_res_time_hrs,
    any(num_products) as num_products,
    min(point) as dw_start_date,
    max(gone_on) as gone_on
  from numbered
  group by customer_id, version
),

ended as (
  select
    *,
    leadInFrame(toNullable(dw_start_date)) over (
      partition by customer_id order by dw_start_date rows between unbounded preceding and unbounded following
    ) as next_on
  from versions
)

select
  concat(customer_id, '@', toString(dw_start_date)) as surr_key,
  customer_id,
  cast(is_churned as Bool) as is_churned,
  clv_ltv,
  avg_ticket_res_time_hrs,
  num_products,
  dw_start_date,
  if(next_on is null or gone_on < next_on, nullIf(gone_on, toDate32('2299-12-31')), next_on) as dw_end_date,
  cast(dw_end_date is null as Bool) as is_current
from ended
