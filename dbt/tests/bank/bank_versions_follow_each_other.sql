-- A version begins where the one before it ended, or later; only the last one holds.
select customer_id
from (
  select
    customer_id,
    valid_to,
    leadInFrame(toNullable(valid_from)) over (
      partition by customer_id order by valid_from rows between unbounded preceding and unbounded following
    ) as next_from
  from {{ ref('dim_customer') }}
)
where next_from is not null and (valid_to is null or valid_to > next_from)
union all
select customer_id
from (
  select
    customer_id,
    dw_start_date,
    dw_end_date,
    leadInFrame(toNullable(dw_start_date)) over (
      partition by customer_id order by dw_start_date rows between unbounded preceding and unbounded following
    ) as next_on
  from {{ ref('fact_customer_metrics') }}
)
where dw_end_date <= dw_start_date or (next_on is not null and (dw_end_date is null or dw_end_date > next_on))
