-- What was known of each customer in which span of business days, added up per span: [known_from, known_to). Rows of
-- tickets, bookings, offers and statements with the same span are one row here, so that history stays small: most are
-- never changed, and make one row per day on which any came in.
{% set spans = {
  'tickets': scd2_versions(source('raw', 'crm_support_tickets_history'), 'crm.support_tickets', ['ticket_id'],
    ['customer_id', 'opened_at', 'resolution_time_hrs'], 'day', bank_history('crm_support_tickets')),
  'bookings': scd2_versions(source('raw', 'crm_transactions_history'), 'crm.transactions', ['transaction_id'],
    ['customer_id', 'transaction_type', 'status', 'occurred_at'], 'day', bank_history('crm_transactions')),
  'offers': scd2_versions(source('raw', 'crm_offers_history'), 'crm.offers', ['offer_id'],
    ['customer_id', 'accepted', 'responded_at'], 'day', bank_history('crm_offers')),
  'statements': scd2_versions(source('raw', 'crm_usage_logs_history'), 'crm.usage_logs', ['usage_log_id'],
    ['customer_id', 'month', 'monthly_balance', 'num_products'], 'day', bank_history('crm_usage_logs'))
} %}
{% set never = "toDate32('2299-12-31')" %}
with tickets as ({{ spans.tickets }}),

bookings as ({{ spans.bookings }}),

offers as ({{ spans.offers }}),

statements as ({{ spans.statements }}),

known as (
  select
    customer_id, valid_from as known_from, ifNull(valid_to, {{ never }}) as known_to,
    toDate32('1970-01-01') as month,
    {{ bank_day('opened_at') }} as activity_on,
    toUInt64(resolution_time_hrs is not null) as resolved_tickets,
    toDecimal128(ifNull(resolution_time_hrs, 0), 4) as resolution_hours,
    toDecimal128(0, 4) as balance,
    toInt32(0) as num_products
  from tickets
  union all
  select
    customer_id, valid_from, ifNull(valid_to, {{ never }}), toDate32('1970-01-01'), {{ bank_day('occurred_at') }},
    toUInt64(0), toDecimal128(0, 4), toDecimal128(0, 4), toInt32(0)
  from bookings
  where transaction_type not in ('fee', 'interest') and status != 'failed'
  union all
  select
    customer_id, valid_from, ifNull(valid_to, {{ never }}), toDate32('1970-01-01'), {{ bank_day('assumeNotNull(responded_at)') }},
    toUInt64(0), toDecimal128(0, 4), toDecimal128(0, 4), toInt32(0)
  from offers
  where accepted and responded_at is not null
  union all
  select
    customer_id, valid_from, ifNull(valid_to, {{ never }}), month, toDate32('1970-01-01'),
    toUInt64(0), toDecimal128(0, 4), toDecimal128(monthly_balance, 4), num_products
  from statements
)

select
  customer_id,
  known_from,
  known_to,
  -- 1970 where the row is no statement.
  month,
  max(activity_on) as last_activity_on,
  sum(resolved_tickets) as resolved_tickets,
  sum(resolution_hours) as resolution_hours,
  sum(balance) as balance,
  max(num_products) as num_products
from known
group by customer_id, known_from, known_to, month
