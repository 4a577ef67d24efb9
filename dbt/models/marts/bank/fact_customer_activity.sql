-- One grain: one row is one thing that happened, a statement, an offer, a ticket or a booking. It has the key of that one
-- and none of the others, and only its own measures: a join of all four by customer would multiply balances by tickets.
with happened as (
  select
    'statement' as activity_type, usage_log_id as activity_id, customer_id,
    toDateTime64(month, 6, 'UTC') as activity_at,
    toNullable(usage_log_id) as usage_log_id, cast(null as Nullable(String)) as offer_id,
    cast(null as Nullable(String)) as ticket_id, cast(null as Nullable(String)) as transaction_id,
    toNullable(monthly_balance) as monthly_balance, toNullable(num_products) as num_products,
    cast(null as Nullable(Decimal(10, 2))) as resolution_time_hrs, cast(null as Nullable(Bool)) as accepted,
    cast(null as Nullable(Decimal(20, 4))) as amount, cast(null as Nullable(String)) as currency
  from {{ ref('stg_bank_usage_logs') }}
  union all
  select
    'offer', offer_id, customer_id, toDateTime64(date_offered, 6, 'UTC'),
    null, offer_id, null, null, null, null, null, accepted, null, null
  from {{ ref('stg_bank_offers') }}
  union all
  select
    'ticket', ticket_id, customer_id, opened_at,
    null, null, ticket_id, null, null, null, resolution_time_hrs, null, null, null
  from {{ ref('stg_bank_support_tickets') }}
  union all
  select
    'booking', transaction_id, customer_id, occurred_at,
    null, null, null, transaction_id, null, null, null, null, amount, currency
  from {{ ref('stg_bank_transactions') }}
),

-- The version of the customer at that moment; what happened before the capture began has the first one. Tables are captured
-- side by side: what comes before its customer waits for the next build.
versions as (
  select
    customer_id, customer_sk, valid_from,
    row_number() over (partition by customer_id order by valid_from) = 1 as is_first
  from {{ ref('dim_customer') }}
),

spans as (
  select customer_id, customer_sk, if(is_first, toDateTime64('1900-01-01', 6, 'UTC'), valid_from) as valid_from
  from versions
)

select
  sipHash64(happened.activity_type, assumeNotNull(happened.activity_id)) as fact_id,
  happened.activity_type as activity_type,
  happened.activity_at as activity_at,
  happened.customer_id as customer_id,
  spans.customer_sk as customer_sk,
  happened.usage_log_id as usage_log_id,
  happened.offer_id as offer_id,
  happened.ticket_id as ticket_id,
  happened.transaction_id as transaction_id,
  happened.monthly_balance as monthly_balance,
  happened.num_products as num_products,
  happened.resolution_time_hrs as resolution_time_hrs,
  happened.accepted as accepted,
  happened.amount as amount,
  happened.currency as currency
from happened
asof inner join spans
  on happened.customer_id = spans.customer_id and happened.activity_at >= spans.valid_from
