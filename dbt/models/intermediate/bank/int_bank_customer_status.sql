-- Who was a customer and who had churned at the end of each of these days: the date of the build, and the ends of the
-- twelve months before its month. Only what had happened by that day counts. The rule is that of crm.churn_as_of.
--
-- is_observed: bookings are on record only from some day on. Silence before a customer's first one says nothing about
-- him, so that figures of the past leave him out instead of counting him as lost and later as returned.
with days as (
  select
    toUInt8(number) as months_ago,
    -- A month that is not over is looked at on the date of the build.
    least(toDate32(toLastDayOfMonth(addMonths({{ as_of() }}, -toInt32(number)))), {{ as_of() }}) as status_on
  from numbers(13)
),

known as (
  select
    1 as one, customer_id, date_opened, churned_at, months_ago, status_on
  from {{ ref('stg_bank_customers') }}
  cross join days
  where date_opened <= status_on
),

bookings as (
  select customer_id, min({{ bank_day('occurred_at') }}) as first_booking_on
  from {{ ref('stg_bank_transactions') }}
  where is_own_activity
  group by customer_id
),

status as (
  select
    known.customer_id as customer_id,
    known.months_ago as months_ago,
    known.status_on as status_on,
    ifNull({{ bank_day('known.churned_at') }} <= known.status_on, false) as is_closed,
    greatest(known.date_opened, ifNull(activity.activity_on, known.date_opened)) as last_activity_on,
    is_closed
      or ifNull(bookings.first_booking_on <= known.status_on, true)
      or dateDiff('day', known.date_opened, known.status_on) < {{ bank_inactive_days() }} as is_observed
  from known
  asof left join {{ ref('int_bank_activity_days') }} as activity
    on known.customer_id = activity.customer_id and known.status_on >= activity.activity_on
  left join bookings on known.customer_id = bookings.customer_id
)

select
  customer_id,
  months_ago,
  status_on,
  last_activity_on,
  cast(is_observed as Bool) as is_observed,
  cast(is_closed or dateDiff('day', last_activity_on, status_on) >= {{ bank_inactive_days() }} as Bool) as is_churned,
  multiIf(is_closed, 'closed', is_churned, 'inactive', null) as churn_reason
from status
