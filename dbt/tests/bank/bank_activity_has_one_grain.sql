-- Each row is one thing and has the measures of that one alone; adding up the fact gives what the statements say.
select activity_type
from {{ ref('fact_customer_activity') }}
where toUInt8(usage_log_id is not null) + toUInt8(offer_id is not null) + toUInt8(ticket_id is not null)
    + toUInt8(transaction_id is not null) != 1
  or (monthly_balance is not null) != (usage_log_id is not null)
  or (amount is not null) != (transaction_id is not null)
  or (resolution_time_hrs is not null and ticket_id is null)
  or (accepted is not null and offer_id is null)
union all
select 'balances'
from (select sum(monthly_balance) as total, count(usage_log_id) as n from {{ ref('fact_customer_activity') }}) as fact
cross join (
  select sum(monthly_balance) as total, count() as n
  from {{ ref('stg_bank_usage_logs') }}
  where customer_id in (select customer_id from {{ ref('dim_customer') }})
) as statements
where ifNull(fact.total, 0) != ifNull(statements.total, 0) or fact.n != statements.n
